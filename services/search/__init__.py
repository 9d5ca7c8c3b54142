"""Finding where something was talked about, by meaning and by the exact words.

`entries` is for whoever writes or forgets a text: it is to be searched, or no longer.
`indexing` keeps the store true to the texts (`texts` reads them, `passages` cuts them).
`finding` looks, for one member, in what they may see; `wording` and `ranking` are pure.
`wishes` is the slash command's way. `ports`: what stores vectors, and what makes them.
"""
