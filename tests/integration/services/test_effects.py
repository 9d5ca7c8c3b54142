async def test_an_approved_draft_leaves_once(loop):
    await loop.approved()
    await loop.drain()
    assert len(loop.sent) == 1
    assert (await loop.action()).status == "done"
    assert not loop.dropped
