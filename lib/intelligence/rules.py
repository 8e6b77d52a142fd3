"""What words tell, as data: categories, urgency, safety. Polish and English, without diacritics.

A word stands for all that begin with it (`faktur`: faktura, fakturę, fakturowanie); `_` joins
words that follow each other; `=` asks for the word itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

RULES_VERSION = "triage-rules-1"


@dataclass(frozen=True, kw_only=True)
class TriageRules:
    """One version of all rules."""

    version: str = RULES_VERSION
    categories: Mapping[str, str]
    complaints: str
    urgent: str
    unhurried: str
    safety: Mapping[str, str]
    """By rule: what may be an injury or a reaction. Negated words count too, but less."""
    negations: str


HOUSE_RULES = TriageRules(
    categories={
        "billing": (
            "faktur platnos zaplac zaplat oplat pobran obciaz rachunek rachunk paragon zwrot "
            "karnet czlonkost skladk =karta abonament cena ceny cene =cen cennik koszt rabat "
            "invoice bill charg paym =pay paid refund receipt membership subscription price cost "
            "discount voucher deposit"
        ),
        "booking": (
            "wizyt umow termin rezerw przeloz przelozy odwola grafik wolne =godzin zapis kalendarz "
            "book appoint reschedul resched cancel slot availab =visit reserv postpone "
        ),
        "fitness": (
            "trening trener silown fitness joga jogi pilates zajec zajecia basen saun "
            "workout train gym yoga class pool sauna coach"
        ),
        "product": (
            "zamowieni zamowil paczk przesylk dostaw kosmetyk krem szampon serum produkt sklep "
            "order parcel deliver shipping shipment product cream shampoo serum package tracking"
        ),
        "aesthetic_medicine": (
            "botoks botox hialuron laser mezoterap wypelniacz lekarz medycyn kwas peeling "
            "depilacj blizn filler dermatolog doctor mesotherap hyaluron microneedl scar peel"
        ),
    },
    complaints=(
        "reklamac skarg skarz niezadowol niedopuszcz skandal rozczarow oburz nieuprzejm "
        "niekompet przepros zazalen fataln okropn "
        "complain unaccept disappoint unhappy rude terribl awful apolog outrag worst"
    ),
    urgent=(
        "pilne pilni pilny natychmiast niezwlocznie asap dzis dzisiaj zaraz jutro =teraz "
        "emergency urgent immediat today tonight =now tomorrow =asap "
        "right_away as_soon_as"
    ),
    unhurried=(
        "bez_pospiechu nie_spieszy w_wolnej_chwili kiedys no_rush no_hurry whenever "
        "at_your_convenience some_time"
    ),
    safety={
        "rash": "wysypk pokrzywk swedz =swedzi rash hives itch",
        "burn": "oparz poparz =pali =pala =piecze pieczeni =pieka burn blister babel bable pecherz",
        "swelling": "opuchl obrzek obrzm spuchl puchn swell swollen swelled",
        "injury": (
            "skalecz zranil zranion =uraz =urazu =rane otwarta_rana krwaw krwi zlaman zlamal injur "
            "bleed blood wound cut_me cut_my cut_myself =hurt =hurts hurting fractur"
        ),
        "reaction": (
            "uczuleni uczulil alergi dusznos =duszno dusze_sie oddych zemdl omdl goraczk "
            "infekc ropie "
            "allerg reaction breath faint infect fever anaphyla =pus"
        ),
        "pain": "silny_bol bardzo_boli bolesn nie_moge_wytrzym severe_pain unbearable very_painful",
    },
    negations=(
        "=nie =bez =brak =zadnej =zadnych =zadnego =ani =nigdy =no =not =without =never =any "
        "don't didn't doesn't isn't wasn't haven't"
    ),
)
