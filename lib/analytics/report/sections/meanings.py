"""The dictionary's definitions in Polish; it has them in English itself."""

MEANINGS = {
    "vip_response_time": (
        "Od początku sprawy do pierwszej odpowiedzi, dla poziomów z osobistym opiekunem, na "
        "kanałach na żywo; liczy się w chwili odpowiedzi."
    ),
    "client_satisfaction": (
        "Odpowiedzi klientów w ankietach, od 1 do 5; liczą się w chwili odpowiedzi."
    ),
    "support_efficiency": (
        "Odsetek rozwiązanych spraw, które jedna osoba rozwiązała sama, nie łamiąc obietnicy."
    ),
    "system_health": "Wynik get_system_health, mierzony co minutę.",
    "first_contact_resolution": (
        "Odsetek rozwiązanych spraw, którym wystarczyła jedna odpowiedź i które nie wróciły."
    ),
    "promises_kept": "Odsetek dotrzymanych spośród obietnic dotrzymanych i złamanych.",
    "reopen_rate": "Odsetek rozwiązanych spraw, które otwarto ponownie.",
    "luxury_experience_score": (
        "Jaka była każda rozwiązana sprawa, od 0 do 100: ankieta, dotrzymane obietnice, styl "
        "odpowiedzi i automatyczna kontrola jakości, z wagami experience_weights."
    ),
    "personalization_effectiveness": (
        "Odsetek poleceń przyjętych i wykorzystanych spośród tych, na które odpowiedziano lub "
        "których czas minął."
    ),
    "white_glove_usage": (
        "Odsetek klientów VIP każdego dnia, dla których w ciągu ostatnich 30 dni trwała usługa "
        "white-glove."
    ),
    "brand_consistency": (
        "Odsetek wysłanych odpowiedzi, które przeszły kontrolę stylu bez uwag i bez wyjątku."
    ),
    "client_retention": (
        "Odsetek klientów z danego miesiąca, którzy wrócili w ciągu 90 dni od ostatniej wizyty "
        "w tym miesiącu; każdy liczy się, gdy te 90 dni minie."
    ),
    "attributed_revenue": (
        "Zakupy i odnowienia bez zwrotów, do 30 dni po rozwiązanej sprawie klienta, każde "
        "przypisane ostatniej z nich; liczą się w chwili zapłaty."
    ),
    "support_roi": "100 × (przychód po sprawach − koszt obsługi) / koszt obsługi.",
    "cost_per_client": (
        "Koszt obsługi na obsłużonego klienta; klient liczy się raz w miesiącu kalendarzowym, "
        "więc najlepiej czytać całe miesiące."
    ),
}
