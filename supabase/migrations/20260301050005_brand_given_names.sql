-- Given names and how they are called out: the vocative, of a table for some four hundred names and
-- of rules for the rest. Source: written for this house by its own authors; licence as the project.

create table private.given_names (
    name text not null,
    gender text not null,
    language text not null default 'pl',
    vocative text not null,
    is_diminutive boolean not null default false,
    primary key (name, gender),
    constraint given_names_gender_is_known check (gender in ('female', 'male')),
    constraint given_names_are_short
        check (char_length(name) between 1 and 40 and char_length(vocative) between 1 and 40)
);
comment on table private.given_names is
    'Given names with their vocative: Anna, Anno; Tomasz, Tomaszu. Never a source of anybody''s '
    'gender: that comes from the profile alone.';
comment on column private.given_names.is_diminutive is
    'Kasia, Tomek: among friends, not to a client.';

-- The same in every locale: letters one by one instead of the database's own idea of case.
create function private.lower_letters(p_text text)
returns text
language sql
immutable
parallel safe
set search_path = ''
return translate(
    lower(p_text collate "C"),
    'ĄĆĘŁŃÓŚŹŻÀÁÂÄÇÈÉÊËÍÎÏÔÖÙÚÛÜÑŠČŘŽ’',
    'ąćęłńóśźżàáâäçèéêëíîïôöùúûüñščřž'''
);
comment on function private.lower_letters(text) is
    'Lower case, letter for letter, whatever the database''s locale; as long as its argument.';

create function private.decline_female_name(p_name text)
returns text
language sql
immutable
parallel safe
set search_path = ''
return case
    when right(p_name, 3) in ('sia', 'zia', 'cia', 'nia', 'dzia')
        and p_name not in ('Eugenia', 'Apolonia', 'Eufemia', 'Kalipso', 'Antonia', 'Sonia',
            'Wirginia', 'Ksenia', 'Leonia', 'Melania', 'Stefania', 'Lidia')
        then left(p_name, -1) || 'u'
    when right(p_name, 1) = 'a' then left(p_name, -1) || 'o'
    else p_name
end;
comment on function private.decline_female_name(text) is
    'Anna, Anno; Kasia, Kasiu; names without -a stay: Beatrycze, Carmen.';

-- Endings from the longest to the shortest; what softens is written out.
create function private.decline_male_name(p_name text)
returns text
language sql
immutable
parallel safe
set search_path = ''
return case
    when right(p_name, 1) in ('o', 'y', 'i', 'e', 'u') then p_name
    when right(p_name, 1) = 'a' then left(p_name, -1) || 'o'
    when right(p_name, 3) = 'iec' then left(p_name, -3) || 'cu'
    when right(p_name, 3) = 'ciek' then left(p_name, -2) || 'ku'
    when right(p_name, 2) = 'ek' and char_length(p_name) > 3 then left(p_name, -2) || 'ku'
    when right(p_name, 2) = 'eł' then left(p_name, -2) || 'le'
    when right(p_name, 3) in ('der', 'ter') and p_name not in ('Peter', 'Walter', 'Günter')
        then left(p_name, -2) || 'rze'
    when right(p_name, 2) in ('sz', 'cz', 'rz', 'ch') then p_name || 'u'
    when right(p_name, 1) in ('k', 'g', 'h', 'j', 'l', 'ż', 'c') then p_name || 'u'
    when right(p_name, 1) = 'ń' then left(p_name, -1) || 'niu'
    when right(p_name, 1) = 'ś' then left(p_name, -1) || 'siu'
    when right(p_name, 1) = 'ć' then left(p_name, -1) || 'ciu'
    when right(p_name, 2) = 'st' then left(p_name, -2) || 'ście'
    when right(p_name, 1) = 'd' then p_name || 'zie'
    when right(p_name, 1) = 't' then left(p_name, -1) || 'cie'
    when right(p_name, 1) = 'ł' then left(p_name, -1) || 'le'
    when right(p_name, 1) = 'r' then p_name || 'ze'
    else p_name || 'ie'
end;
comment on function private.decline_male_name(text) is
    'Tomasz, Tomaszu; Marek, Marku; Robert, Robercie; Jerzy, Jerzy.';

create function private.find_vocative(p_name text, p_gender text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    v_vocative text;
begin
    select known.vocative into v_vocative
    from private.given_names known
    where known.name = p_name and (p_gender is null or known.gender = p_gender)
    limit 1;
    return coalesce(v_vocative, case
        when p_gender = 'male' then private.decline_male_name(p_name)
        when p_gender = 'female' then private.decline_female_name(p_name)
        when right(p_name, 1) = 'a' then private.decline_female_name(p_name)
        else private.decline_male_name(p_name)
    end);
end
$$;
comment on function private.find_vocative(text, text) is
    'How somebody of this name is called: the table, else the rules.';

-- name, or name:vocative where the rules would be wrong.
insert into private.given_names (name, gender, vocative)
select
    split_part(entry, ':', 1), 'female',
    coalesce(
        nullif(split_part(entry, ':', 2), ''),
        private.decline_female_name(split_part(entry, ':', 1))
    )
from regexp_split_to_table(
    'Ada Adela Adelajda Adriana Agata Agnieszka Aida Alberta Aldona Aleksandra Alfreda Alicja '
    'Alina Alma Amanda Amelia Anastazja Andżelika Angela Angelika Aniela Anita Anna Antonina '
    'Apolonia Ariadna Arleta Arletta Aurelia Barbara Beata Beatrycze Berenika Bernadetta Berta '
    'Bianka Blanka Bogna Bogumiła Bogusława Bożena Bożenna Bronisława Brygida Cecylia Celestyna '
    'Celina Czesława Dagmara Dalia Danuta Daria Diana Dobrosława Dominika Donata Dorota Edyta '
    'Elena Eleonora Eliza Elwira Elżbieta Emilia Emma Ernestyna Estera Eugenia Eulalia Ewa '
    'Ewelina Felicja Felicyta Feliksa Filipina Florentyna Franciszka Gabriela Genowefa Gertruda '
    'Gizela Gloria Grażyna Greta Halina Halszka Hanna Helena Henryka Hilda Honorata Hortensja '
    'Ida Iga Ilona Inez Inga Ingrid Irena Irina Irmina Iwona Iza Izabela Izabella Izolda Jadwiga '
    'Jagna Jagoda Janina Joanna Jolanta Jowita Józefa Józefina Judyta Julia Julianna Julita '
    'Justyna Kaja:Kaju Kalina Kamila Karina Karolina Katarzyna Kazimiera Kinga Klara Klaudia '
    'Klementyna Kleopatra Konstancja Kornelia Krystyna Ksenia Laura Lea Lena Leokadia Leonia '
    'Leontyna Lidia Ligia Lilia Liliana Liwia Luba Lucyna Ludmiła Ludwika Luiza Łucja Magdalena '
    'Maja:Maju Malina Malwina Małgorzata Manuela Marcela Marcelina Maria Marianna Mariola Marlena '
    'Marta Martyna Maryla Maryna Marzanna Marzena Matylda Melania Michalina Milena Mira Mirella '
    'Mirosława Monika Nadia Nadzieja:Nadziejo Natalia Natasza Nela Nika Nikola Nina Nora Oksana '
    'Oktawia Olga Oliwia Otylia Pamela Patrycja Paula Paulina Pelagia Pola Rachela Radosława '
    'Rafaela Regina Renata Rita Roksana Roma Romana Rozalia Róża Rut Ruta Sabina Salomea Samanta '
    'Sandra Sara Selena Sława Sławomira Sonia Stanisława Stefania Stella Sylwia Tamara Tatiana '
    'Teodora Teresa Tosia Urszula Wacława Waleria Wanda Weronika Wiesława Wiktoria Wilhelmina '
    'Wioleta Wioletta Wirginia Władysława Zdzisława Zenobia Zofia Zuzanna Żaneta Żanna',
    '\s+'
) entry;

insert into private.given_names (name, gender, vocative)
select
    split_part(entry, ':', 1), 'male',
    coalesce(
        nullif(split_part(entry, ':', 2), ''),
        private.decline_male_name(split_part(entry, ':', 1))
    )
from regexp_split_to_table(
    'Adam Adolf Adrian Albert Albin Aleks Aleksander Aleksy Alfred Alojzy Ambroży Anatol Andrzej '
    'Antoni Apolinary Arkadiusz Armand Arnold Artur August Augustyn Aureliusz Barnaba Bartłomiej '
    'Bartosz Bazyli Benedykt Beniamin Bernard Błażej Bogdan Bogumił Bogusław Bohdan Bolesław '
    'Bonifacy Borys Bożydar Bronisław Brunon Bruno Cezary Cyprian Cyryl Czesław Damian Daniel '
    'Dariusz Dawid Dionizy Dominik Donald Edgar Edmund Edward Edwin Eligiusz Emanuel Emil Emilian '
    'Eryk Ernest Eugeniusz Eustachy Fabian Feliks Ferdynand Filip Florian Franciszek Fryderyk '
    'Gabriel Gaweł Gerard Gracjan Grzegorz Gustaw Henryk Herbert Hieronim Hilary Hipolit Hubert '
    'Hugo:Hugonie Ignacy Igor Ireneusz Iwo:Iwonie Izydor Jacek Jakub Jan Janusz Jarema '
    'Jarosław Jeremi '
    'Jerzy Jędrzej Joachim Józef Julian Juliusz Justyn Kacper Kajetan Kamil Karol Kazimierz '
    'Klaudiusz Klemens Konrad Konstanty Kordian Kornel Kosma Krystian Krzysztof Ksawery '
    'Lech Leon Leonard Leopold Lesław Leszek Lew:Lwie Lubomir Lucjan Ludwik Łukasz Maciej '
    'Makary Maksymilian Marceli Marcel Marcin Marek Marian Mariusz Mateusz Maurycy Melchior '
    'Michał Mieczysław Mieszko Mikołaj Milan Miłosz Miron Mirosław Modest Narcyz Nataniel '
    'Nikodem Norbert Oktawian Olaf Olgierd Oliwer:Oliwerze Oliwier:Oliwierze Oskar Otto '
    'Patryk Paweł '
    'Piotr Protazy Przemysław Radosław Rafał Rajmund Remigiusz Robert Roch Roland Roman Romuald '
    'Rudolf Ryszard Samuel Saturnin Sebastian Sergiusz Seweryn Sławomir Sobiesław Stanisław '
    'Stefan Sylwester Szczepan Szymon Tadeusz Teodor Teofil Tobiasz Tomasz Tymon Tymoteusz '
    'Tytus Wacław Waldemar Walenty Walerian Walery Wawrzyniec:Wawrzyńcu Wiesław Wiktor '
    'Wilhelm Wincenty Wit Witold Władysław Włodzimierz Wojciech Zachariasz Zbigniew '
    'Zbyszko Zdzisław '
    'Zenon Zygmunt Żegota',
    '\s+'
) entry;

insert into private.given_names (name, gender, vocative, is_diminutive)
select
    split_part(entry, ':', 1), split_part(entry, ':', 2), split_part(entry, ':', 3), true
from regexp_split_to_table(
    'Ala:female:Alu Ania:female:Aniu Anka:female:Anko Asia:female:Asiu Basia:female:Basiu '
    'Beatka:female:Beatko Danka:female:Danko Dorotka:female:Dorotko Ela:female:Elu '
    'Ewka:female:Ewko Gosia:female:Gosiu Hania:female:Haniu Iwonka:female:Iwonko '
    'Jola:female:Jolu Justynka:female:Justynko Kasia:female:Kasiu Krysia:female:Krysiu '
    'Magda:female:Magdo Małgosia:female:Małgosiu Marysia:female:Marysiu Monia:female:Moniu '
    'Natalka:female:Natalko Ola:female:Olu Renia:female:Reniu Zosia:female:Zosiu '
    'Zuza:female:Zuzo Zuzia:female:Zuziu Adaś:male:Adasiu Antek:male:Antku Arek:male:Arku '
    'Bartek:male:Bartku Darek:male:Darku Dominiczek:male:Dominiczku Franek:male:Franku '
    'Grzesiek:male:Grześku Grześ:male:Grzesiu Jarek:male:Jarku Jasiek:male:Jaśku Jaś:male:Jasiu '
    'Jurek:male:Jurku Krzysiek:male:Krzyśku Krzyś:male:Krzysiu Kuba:male:Kubo '
    'Maciek:male:Maćku Mirek:male:Mirku Michałek:male:Michałku Piotrek:male:Piotrku '
    'Piotruś:male:Piotrusiu Przemek:male:Przemku Radek:male:Radku Rysiek:male:Ryśku '
    'Sławek:male:Sławku Staszek:male:Staszku Szymek:male:Szymku Tadek:male:Tadku '
    'Tomek:male:Tomku Waldek:male:Waldku Wojtek:male:Wojtku Witek:male:Witku Zbyszek:male:Zbyszku',
    '\s+'
) entry
on conflict (name, gender) do update set is_diminutive = true;

-- Of other languages: known as names, called as they are.
insert into private.given_names (name, gender, language, vocative)
select split_part(entry, ':', 1), split_part(entry, ':', 2), 'en', split_part(entry, ':', 1)
from regexp_split_to_table(
    'Abigail:female Alice:female Amy:female Anne:female Caroline:female Catherine:female '
    'Charlotte:female Claire:female Elizabeth:female Ellen:female Emily:female Emma:female '
    'Fiona:female Grace:female Hannah:female Helen:female Isabel:female Jane:female '
    'Jennifer:female Jessica:female Kate:female Katherine:female Kelly:female Laura:female '
    'Linda:female Lisa:female Louise:female Lucy:female Margaret:female Mary:female '
    'Michelle:female Natalie:female Nicole:female Olivia:female Rachel:female Rebecca:female '
    'Rose:female Ruth:female Sarah:female Sophia:female Sophie:female Susan:female '
    'Victoria:female Alan:male Alexander:male Andrew:male Anthony:male Ben:male Benjamin:male '
    'Brian:male Charles:male Chris:male Christopher:male David:male Dennis:male Edward:male '
    'Eric:male Frank:male George:male Harry:male Henry:male Jack:male James:male Jason:male '
    'John:male Jonathan:male Joseph:male Kevin:male Lucas:male Luke:male Mark:male Martin:male '
    'Matthew:male Max:male Michael:male Mike:male Nicholas:male Oliver:male Patrick:male '
    'Paul:male Peter:male Philip:male Richard:male Robert:male Simon:male Stephen:male '
    'Steven:male Thomas:male Tom:male Walter:male William:male',
    '\s+'
) entry
on conflict (name, gender) do nothing;

revoke all on private.given_names from anon, authenticated, service_role;
grant select on private.given_names to service_role;
alter table private.given_names enable row level security;

revoke all on function
    private.lower_letters(text), private.decline_female_name(text),
    private.decline_male_name(text), private.find_vocative(text, text)
from public, anon, authenticated, service_role;
