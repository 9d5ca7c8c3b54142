"""What was predicted of an action, what came of it, and which actions had a part in it.

`kinds` is the written table of predictions. `opening` makes them, `signals` (pure) says what an
event means, `resolving` settles each once, `sweeping` does it for what time brings, `labelling` for
what a person knows; `attribution` (pure) and `crediting` share an event out among the actions.
"""
