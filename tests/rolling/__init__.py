"""A rolling upgrade under load: the release before and this one over one database, replaced one
process after the other, and back."""
