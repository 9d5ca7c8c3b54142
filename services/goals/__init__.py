"""Goals: a target for revenue, pipeline or activity in a period, for a person, a persona or the
whole tenant. What counts is in counting.py, pace and forecast in pace.py, the proposal after thirty
days of watching in proposing.py; service.py is what people do, days.py what each night does.
"""
