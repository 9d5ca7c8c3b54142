"""All that is known about an account at one moment, assembled afresh and kept nowhere.

`service` is the way in; `reading` reads every source at once, and each may fail alone.
The rest is pure: `assembling` puts it together from `people`, `facts`, `timeline`, `work`,
`promises` (with `promise_words`) and `next_step`; `believed` says when a mail was written.
`stored` is what stands behind one line. The page is blocks/brief*.py.
"""
