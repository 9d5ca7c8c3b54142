"""How high a title stands, as a table."""

import pytest

from services.seniority import seniority_of
from services.types.actions import Seniority


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        (None, Seniority.UNKNOWN),
        ("  ", Seniority.UNKNOWN),
        ("CEO", Seniority.C_SUITE),
        ("Chief Information Security Officer", Seniority.C_SUITE),
        ("President", Seniority.C_SUITE),
        ("CISO", Seniority.C_SUITE),
        ("Co-Founder & CTO", Seniority.C_SUITE),
        ("Geschäftsführerin", Seniority.C_SUITE),
        ("VP Sales", Seniority.VICE_PRESIDENT),
        ("Senior Vice President, Operations", Seniority.VICE_PRESIDENT),
        ("Director of IT", Seniority.DIRECTOR),
        ("Head of Procurement", Seniority.DIRECTOR),
        ("IT Manager", Seniority.MANAGER),
        ("Team Lead", Seniority.MANAGER),
        ("Accountant", Seniority.STAFF),
        ("VP and Chief Revenue Officer", Seniority.C_SUITE),
        ("CEO & Vice President of the Board", Seniority.C_SUITE),
    ],
)
def test_a_title_says_the_highest_rank_it_names(title, rank):
    assert seniority_of(title) is rank
