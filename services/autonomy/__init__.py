"""How far the copilot is trusted, and what it does by itself within that.

What holds:      levels (in force: earned, limit, narrowing, switch), learning (whether a text may
                 change the picture of an account)
Who limits it:   limits (admins), narrowing (a member's own), recalling (what is queued, given back)
A text it wrote: lineage, judging (reads), ruling (pure), deciding (writes); own_texts (what people
                 say about one)
Earning:         the package earning
Looking back:    overview, doings, seeing (whose), weighed; exporting, handing_out (a file);
                 shadow, comparing (pure): the shadow report
"""
