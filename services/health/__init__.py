"""How well an account is, from 0 to 100, and where it is in its life as a customer.

`score` and `lifecycle` are pure: the same facts say the same, with reasons that can be read.
`facts` loads what they rest on. `recomputing` keeps the account current: after a look, once a day,
and when a file says otherwise (`record_given`); it writes the records that are the history, and
shows them. What points count is decided in docs/decisions/0035.
"""
