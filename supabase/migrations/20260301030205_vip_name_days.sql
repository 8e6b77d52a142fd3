-- Polish name days: on which days of the year which given names are kept.
--
-- Facts taken from share/goodie/name_days/Poland.txt of github.com/duckduckgo/zeroclickinfo-goodies
-- at commit a0410b9c526ba93802571e90b5a807d71880bfc3, Apache License 2.0 (supabase/name_days says
-- what was changed, with the licence). One line a day, from the first of the month on.

create table public.name_days (
    folded_name text not null,
    month smallint not null,
    day smallint not null,
    name text not null,
    primary key (folded_name, month, day),
    constraint name_days_are_days_of_a_leap_year
        check (make_date(2024, month, day) is not null),
    constraint name_days_names_are_short_text
        check (private.is_clean_text(name, 40) and private.is_clean_text(folded_name, 40))
);
comment on table public.name_days is
    'Which given names are kept on which days in Poland. A name may have many days.';
comment on column public.name_days.folded_name is
    'As private.fold_text spells it, so that Lukasz finds Łukasz.';
comment on column public.name_days.name is 'Nominative, as it is written.';

insert into public.name_days (folded_name, month, day, name)
select private.fold_text(name.name), month.month, day.day, min(name.name)
from (
    values
        (1, '
Mieczysław Mieszko
Abel Achacy Bazyli Grzegorz Izydor Jakubina Makary Narcyz Stefania Sylwester Telesfor
Danuta Piotr Genowefa
Angelika Aniela Dobromir Eugeniusz Grzegorz Izabela
Edward Emilian Hanna Szymon
Andrzej Kacper Kasper Melchior Baltazar
Julian Lucjan
Mścisław Seweryn
Antoni Borzymir Julian Julianna
Dobrosław Jan Paweł Wilhelm
Feliks Krzesimir Matylda
Antoni Arkadiusz Benedykt Czesław Czesława Ernest
Bogumił Bogusława Weronika
Feliks Radogost
Aleksander Dąbrówka Dobrawa Domasław Paweł
Marcel Włodzimierz Kevin
Antoni Jan Rościsław
Bogumił Jaropełk Krystyna Małgorzata Piotr
Andrzej Bernard Erwin Henryk Mariusz Marta Racimir Sara
Dobiegniew Fabian Sebastian
Agnieszka Jarosław Jarosława
Anastazy Dobromysł Dorian Marta Wincenta
Jan Maria
Felicja Mirogniew Rafaela Rafał Tymoteusz
Miłosz Miłowan Miłowit Paweł Tatiana
Paula Paulina Wanda
Angelika Ilona Julian
Agnieszka Augustyn Julian Karol Piotr Radomir
Hanna Walerian Zdzisław
Feliks Gerard Maciej Marcin Martyna Sebastian
Euzebiusz Jan Piotr'),
        (2, '
Dobrochna Ignacy Paweł Siemirad Żegota
Joanna Korneliusz Maria Miłosław Miłosława
Błażej Maksym Oskar Stefan Telimena
Andrzej Gilbert Jan Joanna Józef Weronika Witosława
Aga Agata Jakub Jan Paweł Piotr
Antoni Bogdan Bohdan Dorota Ksenia Szymon
Alfons Partenia Romeusz Romuald Rozalia Ryszard Sulisław
Gniewomir Jan Paweł Piotr Sebastian
Bernard Eryk Eryka
Gabriel Jacenty Jacek Elwira
Lucjan Maria Olgierd Świętomira
Julian Laurenty Nora
Grzegorz Jordan Katarzyna Toligniew
Dobiesława Józef Konrad Krystyna Lilian Liliana Mikołaj Niemir Zenon Cyryl Walenty
Georgina Jordan Jowita Józef Klaudiusz
Bernard Dan Danuta Julianna
Donat Franciszek Julian Konstanty Łukasz Zbigniew
Albert Alberta Krystiana Więcesława Zuzanna
Arnold Henryk Konrad
Leon Ludmiła Ludomiła
Eleonora Feliks Teodor
Marta Małgorzata Piotr Wiktor
Bądzimir Damian Piotr Roma Seweryn
Bogurad Bogusz Maciej Piotr
Bolebor Cezary Maciej Małgorzata
Aleksander Bogumił Cezariusz Mirosław Ewelina
Aleksander Anastazja Gabriel Gabriela Sierosława
Józef Roman Lech
Dobronieg Roman'),
        (3, '
Albin Antoni Antonina Amelia Feliks Herakles Joanna Józef Piotr
Franciszek Helena Henryk Krzysztof Michał Paweł Piotr Radosław
Hieronim Maryna
Adrian Adrianna Arkadiusz Eugeniusz Kazimierz Łucja
Adrian Adrianna Fryderyk Jan Wacław Wacława
Eugenia Jordan Klaudian Róża Wiktor Wojsław
Felicja Paweł Tomasz
Beata Jan Julian Miligost Stefan
Dominik Franciszka Katarzyna
Aleksander Borzysław Cyprian
Benedykt Drogosława Edwin Konstantyn Rozyna
Bernard Blizbor Grzegorz Józefina
Bożena Ernest Kasjan Krystyna Marek
Bożeciecha Jakub Leon Matylda Michał
Gościmir Klemens Krzysztof Ludwika
Henryka Herbert Izabela
Gertruda Jan Patryk Zbigniew
Aleksander Boguchwał Cyryl Edward
Bogdan Józef
Aleksander Bogusław Klaudia
Benedykt Lubomira Mikołaj
Bogusław Katarzyna Kazimierz Paweł
Feliks Katarzyna Piotr
Gabriel Marek Szymon
Ireneusz Łucja Lutomysł Maria Wieńczysław
Emanuel Feliks Manuela Teodor
Benedykt Ernest Jan Lidia Rupert
Aniela Antoni Jan
Cyryl
Amelia Aniela Częstobor Jan
Beniamin Dobromira Kornelia'),
        (4, '
Grażyna Katarzyna Teodora Tolisław Zbigniew
Franciszek Sądomir Władysław Władysława
Antoni Cieszygor Jakub Ryszard
Benedykt Izydor Wacław Wacława
Borzywoj Irena Wincenty
Ada Adam Ireneusz Katarzyna Świętobor
Donata Przecław
Cezary Radosław Sieciesława
Dobrosława Dymitr Maja
Antoni Daniel Henryk Małgorzata Michał
Filip Jaromir Leon Marek
Andrzej Iwan Juliusz Wiktor Zenon
Jan Justyn Małgorzata Marcin Przemysł Przemysław
Julianna Justyn Maria Myślimir
Anastazja Leonid Wacław Wacława
Erwin Julia Ksenia Nikita Nosisław
Jakub Józef Klara Robert Rudolf Stefan
Bogusław Bogusława Gościsław
Cieszyrad Czesław Leon Tymon Werner Włodzimierz
Agnieszka Czesław Nawoj Szymon Teodor
Bartosz Drogomił Feliks Konrad
Kajus Kaja Łukasz Teodor
Gerard Helena Jerzy Wojciech
Aleksander Erwin Grzegorz
Jarosław Marek
Maria Marzena Spycimir
Andrzej Bożebor Martyn Piotr Zyta
Maria Paweł
Angelina Augustyn Bogusław Piotr Robert
Bartłomiej Jakub Katarzyna Marian'),
        (5, '
Aniela Filip Jakub Józef Lubomir Maja
Walter Witomir Zygmunt
Aleksander Antonina Maria Mariola Świętosława
Grzegorz Michał Monika
Irena Teodor Waldemar
Gościwit Jan Judyta
Benedykt Bogumir Ludmiła Ludomiła
Marek Michał Piotr Stanisław
Bożydar Grzegorz Karolina Mikołaj
Częstomir Jan
Filip Franciszek Iga Ignacy Lew Mira Żegota
Dominik Jan Joanna Pankracy
Andrzej Ciechosław Gloria Magdalena Piotr Robert
Dobiesław Wiktor Maciej
Jan Zofia
Andrzej Jędrzej Szymon Wieńczysław
Bruno Sławomir Weronika Wiktor
Aleksander Aleksandra Alicja Edwin Eryk Eryka Feliks Irena Myślibor
Augustyn Celestyn Mikołaj Pękosław Piotr Timur
Bronimir Teodor Wiktoria
Donata Jan Tymoteusz Wiktor
Emil Helena Jan Julia Ryta Wiesław Wiesława Wisława
Budziwoj Emilia Iwona Jan Michał
Cieszysława Jan Joanna Maria Zula Zuzanna
Grzegorz Imisława Maria Magdalena
Filip Marianna Paulina Ewelina Więcemił
Jan Juliusz Lucjan Magdalena Radowit
Augustyn Jaromir Wiktor Wrocimir
Bogusława Maksymilian Maria Magdalena Teodor Urszula
Feliks Joanna
Aniela Bożysława Teodor'),
        (6, '
Bernard Jakub Konrad Magdalena Nikodem Symeon Świętopełk
Eugeniusz Maria Marianna Mikołaj Piotr Racisław
Konstantyn Leszek Paula Tamara
Franciszek Gościmił Karol
Dobrociech Dobromir Dobrymir
Dominika Norbert Paulina Więcerad
Antoni Ciechomir Jarosław Paweł Robert Wiesław Wisław
Maksym Seweryn Wyszesław
Felicjan
Bogumił Edgar Małgorzata
Feliks Radomił
Antonina Jan Leon Wyszemir
Antoni Chociemir Lucjan Maria Magdalena Tobiasz
Eliza Justyn Justyna Ninogniew
Angelina Jolanta Witold Witolda Witosław
Alina Aneta Budzimir Jan Justyna
Agnieszka Drogomysł Franciszek Laura Marcjan Radomił
Elżbieta Marek Marina Paula
Julianna
Bogna Bogumiła Bożena Franciszek Michał Rafaela Rafał
Alicja Domamir Marta Teodor
Broniwoj Paulina
Józef Piotr Wanda Zenon
Dan Danisz Danuta Emilia Jan
Łucja Tolisława
Jan Paweł
Maria Magdalena Władysław Władysława
Ireneusz Józef Leon Paweł
Dalebor Paweł Piotr
Ciechosława Emilia Lucyna'),
        (7, '
Halina Marian
Maria Piotr Jagoda
Jacek Leon Miłosław
Elżbieta Józef Julian Teodor Wielisław
Antoni Bartłomiej Jakub Karolina Michał
Chociebor Dominik Dominika Łucja Niegosław
Antoni Kira Piotr Benedykt Cyryl
Adrian Adrianna Chwalimir Edgar Elżbieta Eugeniusz
Łucja Mikołaj Weronika Zenon
Aleksander Amelia Aniela Filip
Cyprian Kalina Olga
Andrzej Euzebiusz Feliks Henryk Paweł Piotr Tolimir Weronika
Ernest Eugeniusz Jakub Justyna Małgorzata Radomiła Sara
Damian Dobrogost Franciszek Izabela Marcelina
Daniel Dawid Henryk Iga Ignacy Lubomysł Niecisław Włodzimierz Żegota
Andrzej Maria Magdalena Marika Stefan
Aleksander Andrzej Bogdan Marcelina Maria Magdalena Aneta
Erwin Kamil Karolina Robert Szymon Unisław
Lutobor Wincenty
Czesław Małgorzata Paweł
Andrzej Daniel Paulina Stojsław Wiktor
Bolesława Bolisława Maria Magdalena Więcemiła
Bogna Żelisław
Antoni Kinga Krystyna Olga Wojciecha
Jakub Krzysztof Sławosz Walentyna
Anna Grażyna Mirosława
Julia Marta Natalia Wszebor
Marcela Świętomir Wiktor
Konstantyn Maria Marta
Julia Julita Ludmiła Maryna
Emilian Helena Iga Ignacy Ludomir'),
        (8, '
Konrad Piotr
Borzysława Karina Maria Stefan
Augusta Lidia Nikodem Szczepan
Dominik Maria Mironieg
Emil Maria Stanisława
Jakub Sława Stefan Wincenty
Anna Dobiemir Donata Dorota Kajetan
Cyprian Cyryl Emil Emilian Emiliusz
Jan Klarysa Miłorad Roman
Bogdan Borys
Aleksander Włodzimierz Włodziwoj Zula Zuzanna
Klara Lech Piotr
Diana Helena Jan Kasjan Radomiła Wojbor
Dobrowoj Euzebiusz
Maria Stefan
Domarad Domarat Joachim
Anastazja Angelika Anita Eliza Jacek Joanna Julianna Miron Żanna
Bogusława Bronisław Bronisz Helena Ilona Klara
Bolesław Emilia Jan Julian Juliusz Piotr
Jan Samuel Samuela Sieciech Sobiesław
Emilian Filipina Franciszek Joanna Kazimiera Męcimir
Cezary Dalegor Maria Namysław Tymoteusz Zygfryd
Filip Laurenty
Bartłomiej Cieszymir Jerzy Joanna Malina Michalina
Grzegorz Luiza Michał Sieciesław
Dobroniega Joanna Konstanty Maksym Maria
Cezary Józef Monika Małgorzata Teodor
Adelina Aleksander Aleksy Augustyn Patrycja Sobiesław Stronisław
Gita Jan Racibor Sabina
Miron Rebeka Róża Szczęsna Szczęsny
Bohdan Paulina Rajmund Świętosław'),
        (9, '
Bronisław Bronisława Bronisz
Bohdan Czesław Eliza Henryk Julian Stefan Tobiasz Witomysł
Antoni Bartłomiej Bronisław Bronisz Izabela Jan Joachim Mojmir Szymon Wincenty Zenon
Ida Lilianna Rościgniew Róża Rozalia
Dorota Justyna Stronisława Wawrzyniec
Albin Beata Eugenia Eugeniusz Michał Uniewit
Domasława Domisława Marek Regina Rena Ryszard
Adrian Adrianna Maria Radosław Radosława Klementyna
Augustyna Aureliusz Piotr Ścibor Sergiusz Sobiesąd
Aldona Łukasz Mikołaj Mścibor
Feliks Jacek Jan Naczesław
Amadeusz Maria Piotr Sylwin
Aleksander Eugenia Filip Lubor Morzysław
Bernard Cyprian Roksana Siemomysł Szymon
Maria Nikodem
Cyprian Edyta Eugenia Franciszek Kamila Kornel Łucja Wiktor
Drogosław Franciszek Justyn Justyna Teodora
Dobrowit Irena Józef Stefania
Konstancja Teodor Więcemir
Agnieszka Barbara Dionizy Eustachy Fausta Faustyna Filipina Irena Klemens Mieczysława Oleg Protazy
Bożydar Jonasz Laurenty Mateusz Mira
Joachim Maurycy Prosimir Tomasz
Boguchwała Bogusław Elżbieta Krzysztof Libert Piotr Tekla Zachariusz
Gerard Maria Teodor Tomir Uniegost
Aurelia Franciszek Kamil Ładysław Piotr Świętopełk Wincenty Władysław Władysława
Cyprian Euzebiusz Justyna Łękomir
Amadeusz Damian
Jan Luba Lubosza Marek Nikita Sylwin Wacław Wacława Więcesław
Michał Rafał Gabriel
Grzegorz Hieronim Honoriusz Imisław Rachela Wera Wiera Wiktor Zofia'),
        (10, '
Danuta Remigiusz Cieszysław Dan Danisz Igor Jan
Stanimir Teofil
Gerard Józefa Sierosław Teresa
Edwin Franciszek Konrad Rozalia
Częstogniew Donata Igor Justyn Konstancjusz
Artur Bronisław Bronisz Emil Roman
Justyna Marek Maria Rościsława Stefan Mirella
Bryda Brygida Laurencja Marcin Wojsława
Bogdan Jan Ludwik
Franciszek Lutomir Tomił
Aldona Dobromiła Emil Emilian Emiliusz Maria Marian
Maksymilian Witold
Daniel Edward Mikołaj Siemisław
Alan Bernard Dominik
Jadwiga Teresa
Aurelia Gerard Grzegorz
Lucyna Małgorzata Marian Wiktor
Julian Łukasz
Ferdynand Piotr Siemowit Skarbimir Ziemowit
Irena Urszula
Bernard Celina Dobromił Elżbieta
Filip Halka
Iga Ignacy Jan Marlena Roman Seweryn Teodor Włościsław Żegota
Antoni Filip Marcin Rafaela Rafał
Daria Kryspin Sambor Taras
Dymitriusz Łucjan Lucyna Ludmiła Lutosław
Iwona Sabina Wincenty
Szymon Tadeusz Wszeciech
Euzebia Franciszek Lubogost Teodor Wioletta
Edmund Klaudiusz Przemysław Sądosław
Antoni Antonina Godzimir Lucylla Łukasz Dezemir'),
        (11, '
Andrzej Seweryn Warcisław Wiktoryna
Bohdana Bożydar Małgorzata Stojmir Tobiasz
Bogumił Cezary Chwalisław Hubert Sylwia
Mściwój Olgierd Karol
Dalemir Elżbieta Florian Sławomir
Feliks Leonard Trzebowit Ziemowit
Antoni Florentyn Przemił
Dymitr Klaudiusz Seweryn Wiktor
Bogudar Genowefa Teodor Ursyn
Andrzej Lena Leon Ludomir Stefan
Anastazja Bartłomiej Maciej Marcin Spycisław Teodor
Cibor Czcibor Jonasz Krystyn Marcin Renata Witold
Arkadiusz Eugeniusz Jan Mikołaj Stanisław
Aga Agata Damian Elżbieta Emil Emiliusz Józef Judyta Ścibor Wszerad
Albert Alfons Artur Gurias Idalia Józef Leopold Leopoldyna Przybygniew Roger
Edmund Marek Maria Niedamir Otomar Paweł Piotr
Grzegorz
Aniela Cieszymysł Klaudyna Roman Tomasz
Elżbieta Mironiega Paweł Seweryn
Edmund Feliks Sędzimir
Janusz Konrad Maria Piotr Regina Rena Twardosław Wiesław
Cecylia Marek Wszemiła
Adela Klemens Przedwoj
Dobrosław Emilia Emma Franciszek Gerard Jan Pęcisław
Katarzyna Tęgomir
Dobiemiest Jan Konrad Lechosław Lechosława Leonard Sylwester
Dominik Maksymilian Stojgniew Walery
Gościrad Grzegorz Jakub Lesław Lesława Zdzisław
Błażej Bolemysł Fryderyk Przemysł
Andrzej Justyna Konstanty'),
        (12, '
Blanka Długosz Edmund Iwa Natalia Sobiesława
Aurelia Balbina Bibiana Budzisław Ludwina Paulina Sulisław Wiktoryn Zbylut
Franciszek Kasjan Ksawery Lucjusz Unimir
Barbara Hieronim Krystian Piotr
Gerald Krystyna Pęcisława
Emilian Jarogniew Mikołaj
Marcin Ninomysł
Boguwola Maria Światozar
Joachim Wielisława Wiesław
Andrzej Daniel Judyta Julia Maria
Daniela Julia Stefan Waldemar Wojmir
Aleksander Dagmara
Łucja Otylia
Alfred Izydor Sławobor
Celina Iga Ignacy Krystiana Nina Wolimir Żegota
Alina Zdzisława
Florian Jolanta Żyrosław
Bogusław Gracjan Laurencja Wszemir
Beniamin Dariusz Gabriela Mścigniew Tymoteusz
Bogumiła Dominik
Tomasz Tomisław
Beata Drogomir Franciszka Zenon
Sławomir Sławomira Wiktoria
Adam Adamina Adela Ewa Ewelina Grzegorz
Anastazja Eugenia Piotr
Szczepan Wróciwoj
Cezary Jan Radomysł
Antoni Dobrowiest Emma
Domawit Dominik Gosław Jonatan Marcin Tomasz
Dawid Eugeniusz Katarzyna Uniedrog
Korneliusz Melania Sebastian Sylwester Tworzysław')
) month (month, days)
cross join string_to_table(btrim(month.days, E'\n'), E'\n') with ordinality day (names, day)
cross join string_to_table(day.names, ' ') name (name)
group by 1, 2, 3;

revoke all on public.name_days from anon, authenticated, service_role;
grant select on public.name_days to authenticated, service_role;
alter table public.name_days enable row level security;

create policy name_days_select_everybody on public.name_days
for select to authenticated
using ((select auth.uid()) is not null);
