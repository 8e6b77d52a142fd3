"""The desk of the demo: forty people who answer, three hundred who ask. Made up from a seed."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DOMAIN = "demo.example"
LANGUAGES = ("pl", "en", "uk", "de")

# Of 40: how many come from where, and what they speak beside their mother tongue.
ORIGINS = (("pl", 26), ("uk", 8), ("de", 6))
OTHER_LANGUAGES: Mapping[str, tuple[tuple[str, float], ...]] = {
    "pl": (("en", 0.9), ("de", 0.15), ("uk", 0.1)),
    "uk": (("pl", 0.9), ("en", 0.7)),
    "de": (("en", 1.0), ("pl", 0.5)),
}
CATEGORIES = ("billing", "booking", "complaint", "fitness", "product")
CERTIFICATE = "certificate.aesthetic_medicine"
ROLES = ("manager",) * 2 + ("relationship_manager",) * 2 + ("concierge",) * 4 + ("agent",) * 32

# A share of clients per tier, as a premium house has them.
TIERS = (("vip_platinum", 15), ("vip_gold", 45), ("premium", 90), ("standard", 150))

FIRST_NAMES: Mapping[str, tuple[str, ...]] = {
    "pl": (
        *("Agnieszka", "Bartosz", "Celina", "Damian", "Ewelina", "Filip", "Gabriela", "Hubert"),
        *(
            "Iga",
            "Jakub",
            "Kinga",
            "Leon",
            "Magda",
            "Norbert",
            "Oliwia",
            "Patryk",
            "Róża",
            "Szymon",
        ),
        *("Tola", "Wiktor", "Zofia"),
    ),
    "uk": ("Олена", "Тарас", "Ярина", "Богдан", "Соломія", "Андрій", "Дарина", "Остап"),
    "de": ("Anke", "Jörg", "Greta", "Lukas", "Frieda", "Ulrich", "Maike", "Henning"),
    "en": ("Alice", "Oscar", "Imogen", "Rupert", "Clara", "Edmund", "Harriet", "Miles"),
}
SURNAMES: Mapping[str, tuple[str, ...]] = {
    "pl": (
        *("Bielak", "Cygan", "Dudek", "Flis", "Gawron", "Herman", "Jeż", "Klimek", "Lis", "Mróz"),
        *("Nitka", "Orzeł", "Pająk", "Ryba", "Sikora", "Trela", "Urban", "Wrona", "Zając", "Żuk"),
    ),
    "uk": ("Бойко", "Гнатюк", "Кравець", "Лисенко", "Мороз", "Романюк", "Ткач", "Шевчук"),
    "de": ("Albrecht", "Brandt", "Ebert", "Fuchs", "Hahn", "Krämer", "Lindner", "Vogt"),
    "en": ("Ashby", "Carter", "Doyle", "Finch", "Hale", "Mercer", "Quinn", "Wells"),
}


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody on the staff. Managers direct and take no tickets."""

    email: str
    name: str
    role: str
    capacity_units: int
    skills: Mapping[str, int]

    @property
    def takes_tickets(self) -> bool:
        """Whether routing may choose them."""
        return self.role != "manager"


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who writes to the house. `dedicated` is the e-mail of their agent."""

    email: str
    name: str
    tier: str
    language: str
    dedicated: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Everybody in the demo."""

    agents: Sequence[Agent]
    clients: Sequence[Client]


def plan_desk(draw: random.Random) -> Desk:
    """The same people for the same state of `draw`."""
    mother_tongues = [language for language, count in ORIGINS for _ in range(count)]
    draw.shuffle(mother_tongues)
    agents = [
        _agent(number, role, tongue, draw)
        for number, (role, tongue) in enumerate(zip(ROLES, mother_tongues, strict=True), start=1)
    ]
    tiers = [tier for tier, count in TIERS for _ in range(count)]
    clients = [_client(number, tier, agents, draw) for number, tier in enumerate(tiers, start=1)]
    return Desk(agents, clients)


def _agent(number: int, role: str, tongue: str, draw: random.Random) -> Agent:
    skills = {f"language.{tongue}": 5}
    for language, share in OTHER_LANGUAGES[tongue]:
        if draw.random() < share:
            skills[f"language.{language}"] = draw.randint(2, 4)
    for category in draw.sample(CATEGORIES, k=draw.randint(3, 5)):
        skills[f"category.{category}"] = draw.randint(2, 5)
    if draw.random() < 0.3:
        skills[CERTIFICATE] = draw.randint(3, 5)
    capacity = draw.choice((4, 5, 6))  # little enough that some clients have to wait
    return Agent(f"staff{number:02}@{DOMAIN}", _name(tongue, draw), role, capacity, skills)


def _client(number: int, tier: str, agents: Sequence[Agent], draw: random.Random) -> Client:
    language = draw.choices(LANGUAGES, weights=(40, 40, 10, 10))[0]
    able = [a for a in agents if a.takes_tickets and f"language.{language}" in a.skills]
    dedicated = draw.choice(able).email if tier.startswith("vip") else None
    return Client(f"client{number:03}@{DOMAIN}", _name(language, draw), tier, language, dedicated)


def _name(language: str, draw: random.Random) -> str:
    return f"{draw.choice(FIRST_NAMES[language])} {draw.choice(SURNAMES[language])}"
