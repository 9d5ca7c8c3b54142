"""How business mail sounds in different parts of the world: tone, never rules.

A profile says how people there usually greet, how directly they come to the point and how they
write a date. It changes no deadline, no recipient and nothing of what policy allows. Habits differ
inside every region: what a customer's own mails sound like counts for more.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One profile. `key` is stored, `name` is read."""

    key: str
    name: str
    greeting: str
    directness: str
    tone: str
    dates: str

    def lines(self) -> tuple[str, ...]:
        """As it stands in a prompt."""
        return (
            f"Region: {self.name}",
            f"Greeting: {self.greeting}",
            f"Directness: {self.directness}",
            f"Tone: {self.tone}",
            f"Dates: {self.dates}",
        )


_ALL = (
    Region(
        key="north_america",
        name="North America",
        greeting="first name from the first mail on, a short friendly opening",
        directness="the point in the first two sentences, the next step named plainly",
        tone="upbeat and practical, short paragraphs",
        dates="month first with its name, such as March 14; 12-hour times with the time zone",
    ),
    Region(
        key="uk_ireland",
        name="UK & Ireland",
        greeting="first name, 'Dear' only in a first mail to somebody senior",
        directness="courteous first, requests softened ('would it be possible'), the point clear",
        tone="understated, dry rather than enthusiastic, no superlatives",
        dates="day before month, such as 14 March; 24-hour or am and pm",
    ),
    Region(
        key="dach",
        name="DACH",
        greeting="title and surname with 'Sie' until they offer otherwise",
        directness="straight to the matter, reasons and details in order",
        tone="factual and exact, little small talk, claims only with their ground",
        dates="day, month, year, such as 14.03.2027; 24-hour times",
    ),
    Region(
        key="france_benelux",
        name="France & Benelux",
        greeting="'Madame' or 'Monsieur' with 'vous' in French; first names sooner in Dutch",
        directness="context first in French, then the matter; shorter and plainer in Dutch",
        tone="polished in French, a full closing formula; level-headed and even in Dutch",
        dates="day before month, such as 14 mars or 14 maart; 24-hour times",
    ),
    Region(
        key="nordics",
        name="Nordics",
        greeting="first name, 'Hej' or 'Hei', no titles",
        directness="short and plain, one matter a mail",
        tone="modest and even, no pressing, no superlatives",
        dates="day before month, week numbers are usual; 24-hour times",
    ),
    Region(
        key="southern_europe",
        name="Southern Europe",
        greeting="title and surname at first, first names once you know each other",
        directness="a personal line before business, the request framed with courtesy",
        tone="warm and courteous, longer sentences are welcome",
        dates="day before month, such as 14 de marzo or 14 marzo; 24-hour times",
    ),
    Region(
        key="latin_america",
        name="Latin America",
        greeting="'Estimado' or 'Prezada' with the name, first names soon",
        directness="ask after the person first, then the matter, no abrupt requests",
        tone="warm and personal, appreciative",
        dates="day before month, such as 14 de marzo; name the time zone",
    ),
    Region(
        key="middle_east",
        name="Middle East",
        greeting="'Dear' with title and first name, a courteous opening wish",
        directness="relationship before business, a refusal never blunt",
        tone="respectful and generous, seniority acknowledged",
        dates="day before month with the month's name; mind that the weekend differs by country",
    ),
    Region(
        key="india",
        name="India",
        greeting="'Dear' with first name, or title and surname for somebody senior",
        directness="polite context, then a clear list of points or next steps",
        tone="respectful and cordial, seniority acknowledged",
        dates="day before month with the month's name, such as 14 March; times in IST",
    ),
    Region(
        key="japan",
        name="Japan",
        greeting="surname with '-san' in English, '様' in Japanese; company named at first",
        directness="indirect requests, room for a no without saying it, thanks before the matter",
        tone="very polite, modest about us, careful with promises of any kind",
        dates="year, month, day, such as 2027-03-14; times in JST",
    ),
    Region(
        key="south_east_asia",
        name="South-East Asia",
        greeting="'Dear' with title or first name as they sign themselves",
        directness="courteous and patient, no pressing, a disagreement put softly",
        tone="friendly and respectful, harmony before speed",
        dates="day before month with the month's name; name the time zone",
    ),
    Region(
        key="australia_nz",
        name="Australia & New Zealand",
        greeting="first name, 'Hi', from the first mail on",
        directness="plain and quick to the point, no formality for its own sake",
        tone="relaxed and straightforward, no hard sell",
        dates="day before month, such as 14 March; seasons are the other way round",
    ),
)
REGIONS: dict[str, Region] = {region.key: region for region in _ALL}

# The broad words of other systems stand for the nearest profile; so do countries' usual names.
_ALIASES: dict[str, str] = {
    "americas": "north_america",
    "amer": "north_america",
    "us": "north_america",
    "usa": "north_america",
    "united states": "north_america",
    "canada": "north_america",
    "emea": "uk_ireland",
    "uk": "uk_ireland",
    "united kingdom": "uk_ireland",
    "great britain": "uk_ireland",
    "ireland": "uk_ireland",
    "germany": "dach",
    "austria": "dach",
    "switzerland": "dach",
    "france": "france_benelux",
    "benelux": "france_benelux",
    "netherlands": "france_benelux",
    "belgium": "france_benelux",
    "luxembourg": "france_benelux",
    "scandinavia": "nordics",
    "sweden": "nordics",
    "norway": "nordics",
    "denmark": "nordics",
    "finland": "nordics",
    "spain": "southern_europe",
    "italy": "southern_europe",
    "portugal": "southern_europe",
    "greece": "southern_europe",
    "latam": "latin_america",
    "brazil": "latin_america",
    "mexico": "latin_america",
    "mena": "middle_east",
    "apac": "south_east_asia",
    "asean": "south_east_asia",
    "singapore": "south_east_asia",
    "anz": "australia_nz",
    "australia": "australia_nz",
    "new zealand": "australia_nz",
}


def _plain(text: str) -> str:
    return " ".join(text.replace("&", " and ").replace("_", " ").replace("-", " ").lower().split())


_NAMES = {
    **{_plain(region.key): region for region in _ALL},
    **{_plain(region.name): region for region in _ALL},
    **{_plain(alias): REGIONS[key] for alias, key in _ALIASES.items()},
}


def region_of(words: str | None) -> Region | None:
    """The profile somebody means, by its key, its name or a usual word for it, whatever the case.
    None: no such region, so none is used."""
    return _NAMES.get(_plain(words or ""))
