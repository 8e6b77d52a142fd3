-- The house list: phrases with what to say instead, and the dictionary that tells words apart.
-- Written for this house.

-- rule | language | place | suggestion | phrases, parted by semicolons
insert into public.brand_phrases (rule, language, place, suggestion, phrase)
select entry.rule, entry.language, entry.place, entry.suggestion, said.phrase
from (
    values
    ('pl.witam', 'pl', 'opening', 'Dzień dobry', 'witam;witaj;witajcie;witamy serdecznie pani'),
    ('pl.informal_greeting', 'pl', 'opening', 'Dzień dobry',
        'cześć;hej;hejka;hejo;heja;siema;siemka;siemanko;elo;joł;halo halo;dzieńdoberek;'
        'dzieńdoberki;dobry dobry;hi;hello;hejcia;serwus;ahoj;czołem;uszanowanko;kochana;'
        'kochany;kochani;skarbie;słonko;dzieńdoberas'),
    ('pl.informal_closing', 'pl', 'anywhere', 'Z wyrazami szacunku',
        'pozdro;pozdrówka;pozdrowionka;pzdr;papa;pa pa;pa do;buziaki;buziaczki;buźka;całuski;'
        'całuję;ściskam;nara;narka;narazie;trzymajcie się;do zobaczyska;elo nara;cześć i czołem;'
        'miłego dzionka;miłego weekendziku;pozdrawiam cieplutko;cmok;cmoki'),
    ('forbidden_phrase', 'pl', 'anywhere', 'Proponujemy inne rozwiązanie: …',
        'nie da się;nie da rady;niestety nie da się;nie ma takiej możliwości;nie ma takiej opcji;'
        'nie ma mowy;nic nie poradzę;nic nie poradzimy;nic na to nie poradzę;'
        'nic na to nie poradzimy;nic nie mogę zrobić;nic nie możemy zrobić;'
        'nic z tym nie zrobię;nic z tym nie zrobimy;nie jesteśmy w stanie pomóc;'
        'nie jestem w stanie pomóc;nie możemy pomóc;nie mogę pomóc;'
        'to niemożliwe;to jest niemożliwe;nie interesuje nas;nie interesuje mnie;'
        'nie obchodzi nas;nie obchodzi mnie'),
    ('forbidden_phrase', 'pl', 'anywhere', 'Wyjaśnienie powodu i propozycja rozwiązania',
        'taka jest procedura;takie są procedury;takie mamy procedury;taką mamy procedurę;'
        'taki jest regulamin;taki mamy regulamin;takie są zasady;takie mamy zasady;'
        'takie są przepisy;taka jest polityka firmy;taka jest polityka salonu;'
        'taka jest nasza polityka;zgodnie z procedurą nie;procedury na to nie pozwalają;'
        'regulamin tego nie przewiduje;regulamin na to nie pozwala;system na to nie pozwala;'
        'system nie pozwala;system mi nie pozwala;system nam nie pozwala;tak jest w regulaminie;'
        'tak stanowi regulamin i już;takie życie'),
    ('forbidden_phrase', 'pl', 'anywhere', 'Przepraszamy za tę sytuację',
        'nie nasza wina;nie moja wina;to pani wina;to pana wina;to państwa wina;pani wina;'
        'pana wina;państwa wina;z pani winy;z pana winy;z państwa winy;wina leży po pani stronie;'
        'wina leży po pana stronie;wina leży po państwa stronie;wina klienta;wina klientki;'
        'nie mój problem;nie nasz problem;to pani problem;to pana problem;to państwa problem;'
        'nie moja sprawa;nie nasza sprawa;nie mój dział;nie nasz dział;'
        'to nie ja;trzeba było czytać;trzeba było pomyśleć;trzeba było wcześniej;'
        'trzeba było uważać;trzeba było sprawdzić;trzeba było odwołać;trzeba było zadzwonić;'
        'trzeba było przyjść;trzeba było zapytać;trzeba było powiedzieć;trzeba było się zgłosić;'
        'sam pan sobie;sama pani sobie;sami państwo sobie;sam pan wybrał;'
        'sama pani wybrała;pani błąd;pana błąd;to pani błąd;to pana błąd;państwa błąd;'
        'nie doczytała pani;nie doczytał pan;pani nie doczytała;pan nie doczytał;'
        'źle pani zrozumiała;źle pan zrozumiał;pani źle zrozumiała;pan źle zrozumiał;'
        'nie zrozumiała mnie pani;nie zrozumiał mnie pan;nie rozumie pani;nie rozumie pan;'
        'pani nie rozumie;pan nie rozumie;myli się pani;myli się pan;pani się myli;pan się myli;'
        'mówiłam już;mówiłem już;już mówiłam;już mówiłem;już pisałam;już pisałem;'
        'jak już pisałam;jak już pisałem;jak już pisaliśmy;jak już mówiłam;jak już mówiłem;'
        'jak wspominałam wcześniej;jak wspominałem wcześniej;powtarzam;po raz kolejny powtarzam;'
        'ile razy mam;powinna była pani;powinien był pan;pani powinna była;pan powinien był;'
        'pani pretensje;pana pretensje;nie mam na to wpływu;nie mamy na to wpływu;'
        'to nie zależy ode mnie;to nie zależy od nas'),
    ('forbidden_phrase', 'pl', 'anywhere', 'Rozumiemy, jak ważna jest ta sprawa',
        'proszę się uspokoić;proszę się nie denerwować;proszę nie krzyczeć;'
        'proszę nie panikować;proszę się nie unosić;proszę nie przesadzać;bez nerwów;'
        'bez paniki;tylko spokojnie;niech się pani uspokoi;niech się pan uspokoi;'
        'niech pani nie przesadza;niech pan nie przesadza;proszę wyluzować;'
        'przesadza pani;przesadza pan;czepia się pani;czepia się pan'),
    ('forbidden_phrase', 'pl', 'anywhere', 'korzystne warunki, wartość',
        'tani;tania;tanie;tanio;taniej;taniutko;taniocha;tańszy;tańsza;tańsze;tańszą;tańszego;'
        'tańszej;tańszych;taniego;taniej opcji;tanią;tanich;najtańszy;najtańsza;najtańsze;'
        'najtaniej;'
        'najtańszą;najtańszej;najtańszego;najtańszych;za bezcen;za grosze;za półdarmo;za pół ceny;'
        'półdarmo;grosze;taniocha;promka;promki;promkę;mega promocj*;super promocj*;super okazj*;'
        'mega okazj*;hit cenowy;okazja cenowa;wyprzedaż;wyprzedaży;wyprzedaże;przecena;'
        'przeceny;przecenę;'
        'gratisik;gratisy;za friko;za darmochę;darmocha;zniżeczka;rabacik;nie przegap okazji;'
        'tylko teraz;ceny z kosmosu'),
    ('slang', 'pl', 'anywhere', 'Oczywiście; z przyjemnością',
        'ok;okej;okey;oki;okejka;spoko;spoczko;luz;luzik;na luzie;nie ma sprawy;nie ma problemu;'
        'żaden problem;bez problemu;no problem;no worries;sorki;sory;sorry;soreczka;sorka;dzięki;'
        'dzięki wielkie;dzięks;dzięx;thx;plis;pliska;mega;super hiper;fajnie;fajny;fajna;fajne;'
        'fajną;'
        'fajnego;fajnej;fajnych;fajniejszy;fajniejsza;spox;kurde;kurczę;masakra;masakrycznie;serio;'
        'ziom;ziomek;wow;ekstra;odlotowo;odjazd;czad;gitara;w pytę;sztos;sztosik;zajebi*;'
        'kasa się zgadza;kaska;kaskę;kasiora;hajs;klienciki;ogarnę;ogarniemy;ogarnę to;ogarnie;'
        'ogarnąć;ogarnęłam;ogarnąłem;ogarnięte;kumam;czaję;wbijać;wbijajcie;apka;apkę;apce;apki;'
        'fotka;fotkę;fotki;info;na szybko;szybciutko;momencik;sekundka;sekundkę;chwileczka;'
        'minutka;minutkę;terminik;wizytka;wizytkę;ofertka;kawusia;herbatka;pieniążki;'
        'pieniążków;asap;fyi;btw;imo;lol;xd;nwm;nmzc;cb;jbc;wgl;zaraz wracam;zw;tbh;brb'),
    ('commanding_tone', 'pl', 'anywhere', 'Uprzejmie prosimy o …',
        'musi pani;musi pan;muszą państwo;pani musi;pan musi;państwo muszą;ma pani obowiązek;'
        'ma pan obowiązek;mają państwo obowiązek;żądamy;wymagamy od pani;wymagamy od pana;'
        'proszę natychmiast;proszę niezwłocznie;pan ma obowiązek;nie wolno pani;'
        'nie wolno panu;nie wolno państwu;musicie'),
    ('mixed_language', 'pl', 'anywhere', 'Słowo polskie',
        'thank you;thanks;please;dear;hello;best regards;kind regards;feedback;feedbacku;deadline;'
        'deadline''u;meeting;meetingu;reminder;appointment;booking;bookingu;follow up;update;'
        'update''u;'
        'customer service;client service;excuse me;you are welcome;welcome;have a nice day;'
        'nice to meet you;see you;of course;request;requestu;case;case''u;issue;'
        'confirmation;reschedule;schedule;checkin;upgrade''u;asapem;emaila;forwarduję;'
        'forwardować;zforwarduję;zabookować;zabukować;zabookuję;zabookowałam;zabookowałem;'
        'scancelować;scancelowałam;scancelowałem;cancelować;zapdejtować;updatować;mailnę'),
    ('en.informal_greeting', 'en', 'opening', 'Good morning',
        'hey;heya;hiya;hi there;hello there;hey there;hi guys;howdy;yo;sup;what''s up;whats up;'
        'wassup;hi all;hi folks;hello guys;hi hun;hey hun;morning all;greetings friend;g''day;'
        'hi dear;hello dear;hi lovely;hello lovely;hi babe;ello;alright mate;oi;heyy;heyyy'),
    ('en.informal_closing', 'en', 'anywhere', 'Kind regards',
        'cheers;cya;see ya;laters;later gator;ta ta;toodles;xoxo;xx;hugs;love ya;bye bye;byebye;'
        'catch you later;talk soon;ttyl;peace out;take it easy;lots of love;kisses;cheerio'),
    ('forbidden_phrase', 'en', 'anywhere', 'What we can do for you is …',
        'that''s impossible;that is impossible;it''s impossible;it is impossible;can''t be done;'
        'cannot be done;nothing we can do;nothing i can do;there is nothing we can do;'
        'there is no way;there''s no way;no way we;no way i;no way to;'
        'there''s nothing we can do;not possible;unfortunately not;we can''t help you;'
        'we cannot help you;i can''t help you;i cannot help you;i can''t do that;'
        'i cannot do that;we can''t do that;we cannot do that;we don''t do that;'
        'i don''t know;i do not know;i have no idea;no idea;don''t care;do not care'),
    ('forbidden_phrase', 'en', 'anywhere', 'A reason, and a way forward',
        'company policy;our policy;that''s the policy;it''s policy;it is policy;against policy;'
        'policy does not allow;policy doesn''t allow;those are the rules;these are the rules;'
        'rules are rules;that''s the procedure;that is the procedure;it''s the procedure;'
        'standard procedure;that''s how it works;that is how it works;the system won''t let me;'
        'the system does not allow;the system doesn''t allow;system will not let;as per policy;'
        'as per our policy;terms are terms;it is what it is'),
    ('forbidden_phrase', 'en', 'anywhere', 'We are sorry about this',
        'not my fault;not our fault;your fault;your mistake;your own fault;your error;'
        'your own mistake;not my problem;not our problem;that''s your problem;that is your problem;'
        'it''s your problem;it is your problem;not my job;not our job;'
        'not my department;not our department;not my responsibility;not our responsibility;'
        'you should have;you should''ve;you failed to;you didn''t read;you did not read;'
        'you didn''t listen;you did not listen;you must have misunderstood;you misunderstood;'
        'you are wrong;you''re wrong;you are mistaken;you''re mistaken;you don''t understand;'
        'you do not understand;as i said;as i already said;as i told you;as i have said;'
        'as already stated;as previously stated;as per my last email;as per my previous email;'
        'like i said;like i told you;how many times;you claim;you people;you ought to have;'
        'if you had read;had you read;you forgot to;you neglected to;out of our hands;'
        'out of my hands;you are overreacting;you''re overreacting'),
    ('forbidden_phrase', 'en', 'anywhere', 'We understand how important this is',
        'calm down;just relax;chill out;don''t panic;do not panic;don''t worry about it;'
        'take a chill pill;there is no need to shout;no need to get upset;'
        'no need to be rude;don''t be upset;do not be upset;don''t be angry;get over it;'
        'deal with it;too bad;tough luck;suck it up'),
    ('forbidden_phrase', 'en', 'anywhere', 'With pleasure',
        'no problem;no problemo;no worries;not a problem;no probs;np;no biggie;no big deal;'
        'my bad;guys;you guys;hun;babe;sweetie;sweetheart;mate;dude;bro;folks;buddy;pal;darling;'
        'luv'),
    ('forbidden_phrase', 'en', 'anywhere', 'good value, favourable',
        'cheap;cheaper;cheapest;cheaply;bargain;bargains;dirt cheap;knockdown price;rock bottom;'
        'rock bottom price;cut price;cut-price;budget option;budget price;budget prices;low cost;'
        'low-cost;clearance sale;for a steal;a steal;great deals;hot deal;best deal;'
        'special deal;mega deal;super deal;freebie;freebies;bogo;discounted price;'
        'discount price;blowout;bottom price;bucks;quid;bang for your buck;dealbreaker'),
    ('slang', 'en', 'anywhere', 'The full, courteous form',
        'asap;a.s.a.p;fyi;btw;imo;imho;lol;omg;pls;plz;thx;tnx;ty;tks;cu;u;ur;r u;gonna;wanna;'
        'gotta;'
        'gimme;lemme;kinda;sorta;dunno;cuz;coz;cos;y''all;yall;yeah;yep;yup;nope;nah;yay;'
        'ok;okay;okey;okie;awesome;sorry mate;super cool;stuff;a ton of;tons of;'
        'a bunch of;bunch of;kudos;hang on;hold on a sec;one sec;just a sec;in a sec;a sec;'
        'jk;idk;tbh;brb;nvm;oops;whoops;damn;crap;hell;heck;wtf;wow;yikes;ugh;ain''t;'
        'thanks a bunch;thanks a ton;thanks a million;ta;no sweat;piece of cake;easy peasy;my b;'
        'dm us;dm me;hit me up;hit us up;ping me;ping us;ping you;touch base;info;pics;pic;'
        'vibe;vibes;totally;super excited;for sure;you bet;sure thing'),
    ('commanding_tone', 'en', 'anywhere', 'May we ask you to …',
        'you must;you have to;you need to;you are required to;you''re required to;'
        'you are obliged to;you''ve got to;you''ll have to;you will have to;you better;'
        'you''d better;you had better;immediately call;do it now'),
    ('mixed_language', 'en', 'anywhere', 'In English',
        'dzień dobry;dzien dobry;dobry wieczór;pani;pan;panie;państwo;proszę;prosze;dziękuję;'
        'dziękujemy;dziekuje;pozdrawiam;szanowna;szanowny;szanowni;przepraszam;przepraszamy;zabieg;'
        'zabiegu;wizyta;wizyty;wizytę;rezerwacja;rezerwację;serdecznie;witam;bardzo;oczywiście')
) entry (rule, language, place, suggestion, phrases)
cross join regexp_split_to_table(entry.phrases, '\s*;\s*') said (phrase)
on conflict (language, phrase, rule) do nothing;

-- class | words
with entry (class, words) as (
    values
    ('pl.ty', 'ty ciebie cię tobie tobą twój twoja twoje twojego twojej twojemu twoim twoją twoi '
        'twoich twoimi twego twej twemu twym twą twe jesteś byłeś byłaś będziesz masz miałeś '
        'miałaś możesz mógłbyś mogłabyś chcesz chciałbyś chciałabyś wiesz powinieneś powinnaś '
        'musisz mógłeś żebyś abyś gdybyś czyżbyś jakbyś czybyś choćbyś zechciej zechcesz byś '
        'wolisz potrzebujesz życzysz lubisz prosisz pytasz piszesz dajesz'),
    ('pl.wy', 'was wam wami wasz wasza wasze waszego waszej waszemu waszym waszą wasi waszych '
        'waszymi jesteście macie możecie chcecie wiecie będziecie powinniście powinnyście '
        'moglibyście mogłybyście chcielibyście chciałybyście byliście byłyście mieliście '
        'napiszcie zadzwońcie przyjdźcie zapraszajcie sprawdźcie wybierzcie zobaczcie '
        'skorzystajcie pamiętajcie dajcie piszcie dzwońcie wpadajcie odwiedźcie śledźcie '
        'poczekajcie podajcie zarezerwujcie umówcie żebyście abyście gdybyście'),
    -- Looks like a verb in -sz, -aj, -uj, -ij, -łeś, -łaś, and is none.
    ('pl.not_ty', 'nasz wasz tomasz łukasz tobiasz eliasz jonasz judasz mesjasz izajasz lukasz '
        'witaj gulasz kałasz pałasz palasz jasz kasz czasz pasz blasz maskarasz kurtasz kolasz '
        'atłasz '
        'potasz kankasz galimatiasz kamasz kiermasz pejasz zachariasz ananiasz jeremiasz makijasz '
        'afisz finisz klawisz fetysz mysz myszy kisz haszysz derwisz pastisz lapisz klisz nisz '
        'cisz '
        'kalisz wisz tysz ryksz depesz rzesz marrakesz bangladesz kurdesz kolesz lemiesz pielesz '
        'kotlesz kielisz zawisz przewiesz bielisz alisz nowisz wasylisz kieszesz andrzejasz '
        'kraj maj raj gaj obyczaj zwyczaj rodzaj tramwaj urodzaj skraj haj czaj lokaj samuraj '
        'bonsaj bonzaj tokaj mikołaj nikołaj dunaj szanghaj paragwaj urugwaj dwaj obaj wczoraj '
        'przedwczoraj dzisiaj tutaj zazwyczaj nadzwyczaj bodaj onegdaj hawaj ruczaj nieurodzaj '
        'malaj bajkaj sinaj synaj altaj dubaj mumbaj takaj obydwaj akaj szerpaj najaj '
        'wuj kij stryj żmij lilij kopij pryzmij linij opinij żnij bestij '
        'jednorodzaj fotelaj hultaj mazgaj tataj ozdobaj konfekcjaj kałłaj'),
    ('pl.imperative', 'zadzwoń dzwoń oddzwoń daj sprawdź odwiedź potwierdź zobacz powiedz '
        'podpowiedz dowiedz wybierz odbierz zabierz pobierz przebierz zapłać wróć zrób weź idź '
        'chodź kup zamów zostaw przynieś zanieś przestań uspokój odśwież pozwól poproś proś '
        'przekaż pokaż wskaż zgłoś uwierz martw ciesz pij wypij jedz zjedz stań miej spójrz '
        'popatrz załóż włóż połóż nałóż wyłącz włącz dołącz zmień zmierz oceń doceń rozważ zważ '
        'zwróć skróć obejrzyj przejrzyj użyj umyj zmyj przemyj odkryj przeżyj zostań śledź polub '
        'wyślij prześlij podeślij nadeślij odeślij opisz przyjedź przyjdź wejdź podejdź siadaj '
        'usiądź przyprowadź wprowadź sprowadź prowadź odezwij dopisz wytrzyj zetrzyj '
        'odpocznij zapomnij kliknij przypomnij napij skontaktuj zarezerwuj zaloguj zarejestruj '
        'skorzystaj pamiętaj poczekaj czekaj przeczytaj czytaj dodaj podaj oddaj sprawdzaj zadbaj '
        'unikaj stosuj używaj nakładaj trzymaj uważaj wpadaj wpadnij zerknij wypełnij przygotuj '
        'zaufaj zapytaj pytaj pogadaj słuchaj posłuchaj zaproś oszczędź oszczędzaj '
        'odłóż przełóż umieść ustal wpłać dopłać przelej zalej wlej zaplanuj odwołaj anuluj '
        'wyobraź wyraź rzuć spróbuj próbuj zacznij rozpocznij daruj podaruj '
        'opowiedz odpowiedz poleć rozgość zamelduj wymelduj zapnij odepnij przypnij wepnij '
        'przeproś podziękuj pozdrów uściśnij przytul zdejmij podnieś odnieś wnieś wynieś '
        'donieś dowieź przywieź odwieź zawieź zgódź zgadzaj zdecyduj rozwiąż zawiąż zwiąż '
        'wyczyść oczyść wyjmij przyjmij zajmij podejmij obejmij zaopatrz wstań wstawaj '
        'połącz rozłącz odłącz podłącz zatwierdź zaakceptuj odrzuć podrzuć dorzuć wrzuć '
        'wyrzuć przerzuć zwolnij przyspiesz pośpiesz pospiesz śpiesz spiesz zatrzymaj '
        'zapewnij upewnij uzupełnij dopełnij spełnij wyjaśnij objaśnij zamień wymień '
        'przemień dolej nalej podlej odlicz policz zalicz naucz poucz zauważ wytłumacz '
        'zaznacz oznacz przeznacz wyznacz wybacz przebacz uwolnij ogranicz zakończ '
        'skończ dokończ ukończ wykończ ułóż rozłóż przyłóż dołóż wyłóż podłóż ułatw załatw '
        'spytaj dopytaj wypytaj popraw uprzedź wyprzedź oprzyj obserwuj zarób dorób przerób '
        'porób zatańcz wlicz biegnij pobiegnij pływaj popływaj rozciągnij wyciągnij '
        'ściągnij pociągnij odmierz przymierz uderz otwórz twórz stwórz utwórz odtwórz '
        'zamknij przymknij chwyć złap zanurz wynurz natrzyj posmaruj smaruj nawilż nasmaruj '
        'spłucz płucz wypłucz wysusz osusz oddychaj wdychaj wydychaj zrelaksuj odpręż '
        'pogódź zajedź podjedź dojedź zjedź przejedź wyjedź odjedź zaparkuj dostarcz doślij '
        'skieruj zawróć obróć odwróć przewróć nawróć nakryj przykryj okryj odsłoń zasłoń '
        'osłoń obniż zbliż przybliż zgaś ugaś rozgaś podpisz wypisz przepisz nadpisz '
        'dopasuj zasiądź siądź klęknij kucnij pochyl wychyl nachyl schyl unieś opuść wpuść '
        'wypuść spuść przepuść odpuść powtórz powierz zawierz opłać wypłać spłać przedzwoń '
        'podzwoń telefonuj przyznaj wyznaj pojmij zastanów ponów wznów odmów nalegaj '
        'polegaj wspomnij rezerwuj kieruj stawaj pojaw przestaw dostosuj zastosuj wypróbuj '
        'skosztuj zasmakuj posmakuj przedłuż wydłuż spóźnij zagraj graj wygraj pograj '
        'zaśpiewaj zatrudnij przywitaj pożegnaj'),
    ('pl.imperative_opening', 'umów bądź ustaw postaw zapraszaj obudź odkryj poczuj poznaj '
        'zapisz ćwicz trenuj korzystaj odkrywaj baw ciesz żyj wejdź zyskaj '
        'wykąp dokup rozlicz przelicz zrozum wierz'),
    ('pl.pani', 'pani panią'),
    ('pl.pan', 'pan pana panu panem panie'),
    ('pl.panstwo', 'państwo państwa państwu państwem'),
    ('pl.panski', 'pański pańska pańskie pańskiego pańskiej pańskim pańską pańskich pańskimi '
        'pańskiemu'),
    -- Nouns beside which pan and pani speak of somebody else.
    ('pl.profession', 'doktor doktora doktorem doktorze lekarz lekarka kosmetolog kosmetologa '
        'kosmetolożka kosmetyczka fryzjer fryzjerka fryzjerki trener trenera trenerka trenerki '
        'recepcjonista recepcjonistka manager menedżer menadżer menedżerka dyrektor dyrektora '
        'prezes prezesa mecenas profesor profesora magister inżynier masażysta masażystka '
        'dietetyk dietetyczka dermatolog stylista stylistka konsultant konsultantka '
        'specjalista specjalistka instruktor instruktorka kierownik kierowniczka kapitan '
        'sprzątająca domu młody młoda młodego młodej młodą młodemu ochroniarz kurier kierowca '
        'portier dr mgr prof inż'),
    ('pl.title_vocative', 'doktorze profesorze mecenasie prezesie dyrektorze kapitanie ministrze '
        'ambasadorze konsulu inżynierze magistrze redaktorze sędzio doktor profesor mecenas '
        'prezes dyrektor ambasador konsul redaktor sędzia hrabio trenerze kierowniku '
        'przewodniczący burmistrzu marszałku senatorze pośle posłanko'),
    ('pl.somebody_else', 'ten ta tego tej temu tą tę tym ów owa jakiś jakaś jakiejś jakiegoś '
        'pewien pewna pewnego pewnej inny inna innego innej innemu inną innym każdy każda '
        'każdego każdej nasz nasza naszego naszej naszemu naszą naszym starszy starsza młody '
        'młoda jeden jedna dwie trzy obie wspomniana wspomniany sympatyczna sympatyczny tamten '
        'tamta tamtego tamtej druga drugi'),
    ('pl.state_before', 'innego obcego głowa głowy głową granice granicy granicą granicach '
        'terytorium budżet budżetu urząd organ organy instytucje instytucji obce inne każde '
        'nasze polskie małe sąsiednie suwerenne ościenne bezpieczeństwo stolica stolicy'),
    ('pl.state_after', 'polskie polskiego polskiemu członkowskie członkowskiego członkowskich '
        'trzecie trzeciego unii unijne europejskie europejskiego afrykańskie azjatyckie prawa '
        'opiekuńcze prawne demokratyczne pochodzenia świata trzecich sąsiednie młodych młodzi'),
    ('pl.female_form', 'zadowolona zainteresowana pewna gotowa proszona zaproszona mogłaby '
        'chciałaby powinna byłaby wolałaby zmuszona świadoma umówiona zapisana spóźniona '
        'zdecydowana obecna uprawniona zameldowana otrzymała zrobiła była miała dzwoniła pisała '
        'wybrała kupiła zamówiła przyszła mogła chciała prosiła pytała zgłosiła zapłaciła '
        'rezerwowała zarezerwowała wysłała podała dostała odebrała wspomniała napisała zadzwoniła '
        'skorzystała odwiedziła przesłała zwróciła odwołała potwierdziła umówiła zapomniała '
        'zgubiła zostawiła widziała wiedziała planowała życzyła oczekiwała'),
    ('pl.male_form', 'pewien gotowy gotów zadowolony zainteresowany proszony zaproszony mógłby '
        'chciałby powinien byłby wolałby zmuszony świadomy umówiony zapisany spóźniony '
        'zdecydowany obecny uprawniony'),
    ('pl.greeting', 'dobry wieczór dobrywieczór szanowna szanowny szanowni szanowne droga drogi '
        'drodzy witam witaj cześć hej serdecznie ponownie raz jeszcze kochana kochany miła miły'),
    ('pl.verb_before_ci', 'prześlę wyślę podeślę dam damy mogę możemy pomogę pomożemy dziękuję '
        'dziękujemy życzę życzymy powiem powiemy pokażę pokażemy polecam polecamy radzę radzimy '
        'proponuję proponujemy przypominam przypominamy gratuluję gratulujemy obiecuję obiecujemy '
        'oddam oddamy zwrócę zwrócimy wyjaśnię wyjaśnimy odpiszę odpiszemy przekażę przekażemy '
        'chciałam chciałem chcę chcemy chciałabym chciałbym żeby aby przesyłam przesyłamy '
        'wysyłam wysyłamy wysłałam wysłałem potwierdzam potwierdzamy zarezerwuję zarezerwujemy '
        'rezerwuję tłumaczę napiszę napiszemy poleciłabym mówię mówimy będzie jest na'),
    ('pl.surname', 'nowak wójcik mazur krawczyk kaczmarek zając król wieczorek wróbel dudek pawlak '
        'walczak sikora baran duda szewczyk ostrowski kubiak maj bąk wilk kozak'),
    ('pl.stop', 'i w z na do się nie że jest to o za po dla jak od czy przez przy lub oraz być '
        'był była było są będzie który która które ten ta tego tej tym jako bardzo już tylko '
        'może jeszcze ale lecz pani pan państwo pana panią panu dzień dobry dziękuję dziękujemy '
        'proszę prosimy mamy mam nasz nasza nasze naszym państwa ponieważ gdy jeśli także również '
        'pod nad bez ze we ich jej jego termin wizyta zabieg wizyty zapraszamy oczywiście '
        'a my on by no'),
    ('en.stop', 'the a an and of to in is are was were be been for with on at by from this that '
        'it we you your our will would can could have has had not but or if please thank dear '
        'as i my me us they their there here which who when what how do does did so very more '
        'all any some new about appointment treatment visit booking kind regards looking forward '
        'should may shall been being than then also only just'),
    ('en.title_female', 'ms mrs miss madam madame ma''am lady mesdames'),
    ('en.title_male', 'mr mister sir messrs'),
    ('en.greeting', 'dear hello hi hey good morning afternoon evening greetings welcome'),
    ('en.not_a_name', 'customer customers patient patients sir madam ms mr mrs miss mx dr '
        'doctor professor prof guest client guests '
        'clients member members team colleague colleagues all both valued lady gentlemen ladies '
        'sirs friend friends everyone everybody there again to from and back and prince princess '
        'ambassador ms. mr. our the we i thank your in at for morning afternoon evening family '
        'mum mom lord dame judge captain reverend father partners partner resident residents'),
    ('en.contraction', 'it''s that''s there''s here''s what''s who''s where''s how''s let''s he''s '
        'she''s when''s why''s'),
    ('acronym', 'asap fyi btw lol omg thx xxx xxxx xxxxx rodo pesel blik hifu ipad iphone wifi '
        'spa vip regon nfz iban swift trx hiit ems lpg ipl '
        'spf nip vat pln eur usd gbp sms pdf faq bmi pkwiu krs ceidg png jpeg html zoom unesco '
        'visa '
        'nasa ikea lvmh prp botox rmb led uva uvb tens dna rna usg ekg covid gdpr fifa uefa '
        'mms http https www dj vod mba ceo cfo html yoga emsculpt ipsa bhp nato schengen pkp ztm')
)
insert into private.brand_lexicon (word, classes)
select said.word, array_agg(distinct said.class)
from (
    select entry.class, word
    from entry, regexp_split_to_table(entry.words, '\s+') word
    union all
    select 'name.' || known.gender, private.lower_letters(known.name)
    from private.given_names known
    union all
    select 'vocative.' || known.gender, private.lower_letters(known.vocative)
    from private.given_names known
    union all
    select 'diminutive', private.lower_letters(word)
    from private.given_names known, unnest(array[known.name, known.vocative]) word
    where known.is_diminutive
) said
group by said.word;
analyze private.brand_lexicon;
analyze public.brand_phrases;
