"""Meetings with accounts, and what was said in them.

Out of mail: services/mail/calendar.py reads an invitation, `keeping` meets it with its account,
`invitations` writes the meeting: invited, moved, answered, called off, made again.
Out of files: `transcripts` imports and reads one, `transcript_text` parses it, `placing` finds its
meeting, `shared_files` takes one up from a Slack message.
"""
