"""Names of several traditions in their own script, each with ways in use to write it in Latin letters; for benchmarks.

Slavic names are brought to Latin letters by the letter, in one of three ways for Ukrainian (passports since 2010; after
the Russian form; scholarly) and for Russian (passports; British and American; scholarly). Arabic and Persian names are
listed with spellings, for their vowels are not written.
"""

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True)
class Name:
    """One name, in its own script and in Latin letters as it is variously written."""

    own: str
    latin: tuple[str, ...]


@dataclass(frozen=True)
class Culture:
    """A tradition of naming."""

    name: str
    share: float
    script: str
    nation: tuple[str, ...]
    men: Sequence[Name]
    women: Sequence[Name]
    families: Sequence[Name]
    places: Sequence[Name]
    short: dict[str, Sequence[Name]] = field(default_factory=dict)

    def given(self, sex: str, rng: random.Random) -> Name:
        """A given name."""
        return common(self.men if sex == "male" else self.women, rng)

    def family(self, rng: random.Random) -> Name:
        """A family name; in Spain and Mexico two."""
        if self.name == "Spanish":
            one, other = common(self.families, rng), common(self.families, rng)
            spelt = tuple(f"{a} {b}" for a, b in zip(one.latin, other.latin, strict=True))
            return Name(f"{one.own} {other.own}", spelt)
        return common(self.families, rng)

    def inflected(self, family: Name, sex: str, *, own: bool, rng: random.Random) -> str:
        """A family name as it is written for a man or a woman."""
        text = family.own if sex == "male" else feminine(family.own, self.name)
        return text if own else rng.choice(self.romanised(text) if self.name in WAYS else family.latin)

    def fathers(self, father: Name, sex: str, *, own: bool, rng: random.Random) -> str:
        """What is written of the father's name within the full name: a patronymic, or the name itself, or nothing."""
        if self.name in ("Ukrainian", "Russian"):
            text = patronymic(father.own, sex, self.name)
            return text if own else rng.choice(self.romanised(text))
        if self.name in ("Arabic",):
            return father.own if own else rng.choice(father.latin)
        return ""

    def romanised(self, text: str) -> tuple[str, ...]:
        """A Slavic name in Latin letters, in every way."""
        return tuple(dict.fromkeys(letters(text, way) for way in WAYS[self.name]))

    def by_name(self, given: Name, sex: str, rng: random.Random) -> Name:
        """A short form; in Arabic what somebody is called after a child; the name where there is none."""
        if self.name == "Arabic":
            child = common(self.men, rng)
            before, latin = ("أبو", ("Abu", "Abou")) if sex == "male" else ("أم", ("Um", "Umm", "Oum"))
            return Name(f"{before} {child.own}", tuple(f"{rng.choice(latin)} {each}" for each in child.latin))
        return rng.choice(self.short.get(given.own) or (given,))


_PLAIN = dict(zip("абвдзиклмнопрстуфы", "abvdzyklmnoprstufy", strict=True)) | {"ь": "", "ъ": "", "’": "", "'": ""}
_KMU = _PLAIN | {"г": "h", "ґ": "g", "е": "e", "є": "ie", "ж": "zh", "и": "y", "і": "i", "ї": "i", "й": "i", "х": "kh", "ц": "ts",
                 "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}  # fmt: skip
_AFTER_RUSSIAN = _KMU | {"г": "g", "и": "i", "є": "e", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_SCHOLARLY = _PLAIN | {"г": "h", "ґ": "g", "е": "e", "є": "je", "ж": "ž", "и": "y", "і": "i", "ї": "ji", "й": "j", "х": "ch",
                       "ц": "c", "ч": "č", "ш": "š", "щ": "šč", "ю": "ju", "я": "ja"}  # fmt: skip
_ICAO = _AFTER_RUSSIAN | {"э": "e", "ё": "e", "й": "i", "ю": "iu", "я": "ia", "ъ": "ie"}
_BGN = _AFTER_RUSSIAN | {"э": "e", "ё": "yo"}
_RUSSIAN_SCHOLARLY = _SCHOLARLY | {"г": "g", "и": "i", "э": "è", "ё": "ë", "х": "ch"}
WAYS = {
    "Ukrainian": (_KMU, _KMU, _AFTER_RUSSIAN, _SCHOLARLY),
    "Russian": (_ICAO, _BGN, _RUSSIAN_SCHOLARLY),
}


def letters(text: str, way: dict[str, str]) -> str:
    """A text in Latin letters by a table, with capitals as they were."""
    found = []
    for at, letter in enumerate(text):
        latin = way.get(letter.lower(), letter)
        if way is _KMU and at in (0,) and letter.lower() in "єїюяй":
            latin = {"є": "ye", "ї": "yi", "ю": "yu", "я": "ya", "й": "y"}[letter.lower()]
        found.append(latin.capitalize() if letter.isupper() else latin)
    return "".join(found)


def feminine(family: str, culture: str) -> str:
    """A Slavic family name of a woman."""
    if culture in ("Ukrainian", "Russian"):
        for end, other in (("ський", "ська"), ("ский", "ская"), ("ов", "ова"), ("ев", "ева"), ("ин", "ина")):
            if family.endswith(end):
                return family.removesuffix(end) + other
    if culture == "Polish" and family.endswith("ki"):
        return family[:-1] + "a"
    return family


def patronymic(father: str, sex: str, culture: str) -> str:
    """Son or daughter of."""
    stem = father.rstrip("ьйоая")
    soft = father[-1] in "ьй"
    if culture == "Ukrainian":
        return stem + (("йович" if soft else "ович") if sex == "male" else ("ївна" if soft else "івна"))
    return stem + (("евич" if soft else "ович") if sex == "male" else ("евна" if soft else "овна"))


def listed(text: str) -> list[Name]:
    """Names as ``own=Latin/Latin`` or, in Latin letters, as they are, parted by spaces; an underscore is a space."""
    made = []
    for word in text.split():
        own, _, latin = word.replace("_", " ").partition("=")
        made.append(Name(own, tuple(latin.split("/")) if latin else (own,)))
    return made


def slavic(text: str, culture: str) -> list[Name]:
    """Names in Cyrillic letters, with every way to write them."""
    return [Name(word, tuple(dict.fromkeys(letters(word, way) for way in WAYS[culture]))) for word in text.split()]


def short(text: str, culture: str) -> dict[str, Sequence[Name]]:
    """Short forms as ``name:form,form``."""
    pairs = (word.split(":") for word in text.split())
    return {name: slavic(forms.replace(",", " "), culture) for name, forms in pairs}


def folded(text: str) -> list[Name]:
    """Names in Latin letters, with and without their marks."""
    names = (word.replace("_", " ") for word in text.split())
    return [Name(name, (name, plain(name))) for name in names]


def plain(text: str) -> str:
    """A text without marks over and in its letters."""
    parts = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))


def common(names: Sequence[Name], rng: random.Random) -> Name:
    """One of several names, the first ones oftener: the n-th as 1 / (n + 4)."""
    return rng.choices(names, cum_weights=_sums(len(names)))[0]


@lru_cache
def _sums(count: int) -> list[float]:
    total, sums = 0.0, []
    for number in range(count):
        total += 1 / (number + 5)
        sums.append(total)
    return sums


def joined(stems: str, ends: str, culture: str) -> list[Name]:
    """Family names of every stem with every ending, in an order by chance that is always the same."""
    made = [stem + end for stem in stems.split() for end in ends.split()]
    random.Random(len(made)).shuffle(made)
    return slavic(" ".join(dict.fromkeys(made)), culture)


_UKRAINIAN_STEMS = """
Ковал Бондар Шевч Ткач Гонч Савч Кравч Петр Іван Марч Лис Гриц Дем’ян Павл Василь Олекс Данил Федор Тимош Яким Роман
Степан Захар Гнат Панас Карп Мороз Сидор Кучер Руд Чорн Гайдам Полт Дуб Верб Явор Соловй Остап Прокоп Антон Борис Мартин
Наум Пилип Самой Трохим Харит Юхим Артем Гаврил Дорош Зінч Кири Левч Миколай Назар Онищ Пономар Радч Семен Терещ Устим
Шпак Щерб Юрч Ярем Вакул Голов Довг Жук Заболот Ільч Косте Лук’ян Мельнич Нечипор
"""
_RUSSIAN_STEMS = """
Иван Петр Сидор Кузнец Смирн Волк Соловь Виноград Морозк Павл Семен Голуб Богдан Воробь Федор Михайл Белоус Тарас Белк
Комар Орл Кисел Макар Андре Коваль Ильюш Гусар Тит Кузьм Кудряв Баран Кулик Алексе Степан Яковл Сорок Серге Роман Захар
Борис Корол Герасим Пономар Григорь Лазар Медвед Ерш Никит Собол Рябк Поляк Цветк Данил Жук Фрол Журавл Никола Крыл
Максим Осип Белозер Фед Тимофе
"""

CULTURES = (
    Culture(
        "Ukrainian", 0.34, "Cyrillic", ("Ukraine", "Ukrainian", "Україна"),
        slavic("""Олександр Сергій Володимир Андрій Микола Іван Василь Михайло Віктор Юрій Олег Ігор Дмитро Анатолій Петро
            Богдан Роман Максим Тарас Ярослав Віталій Євген Павло Степан Григорій Вадим Руслан Артем Денис Назар
            Данило Кирило Валерій Остап Станіслав Леонід Захар Матвій Гліб Тимофій""", "Ukrainian"),
        slavic("""Олена Наталія Тетяна Ольга Ірина Людмила Галина Марія Світлана Оксана Катерина Анна Юлія Валентина Надія
            Любов Анастасія Вікторія Ганна Лариса Ніна Дарина Софія Христина Віра Інна Аліна Зоя Раїса Соломія Уляна
            Яна Богдана Лідія Олександра Тамара Маргарита Поліна Євгенія Стефанія""", "Ukrainian"),
        joined(_UKRAINIAN_STEMS, "енко ук ак ський івський ин ик", "Ukrainian"),
        listed("""Харків=Kharkiv/Kharkov/Charkiw Київ=Kyiv/Kiev Маріуполь=Mariupol Одеса=Odesa/Odessa Дніпро=Dnipro/Dnepr
            Донецьк=Donetsk Запоріжжя=Zaporizhzhia/Zaporozhye Львів=Lviv/Lvov Миколаїв=Mykolaiv/Nikolaev
            Херсон=Kherson/Cherson Луганськ=Luhansk/Lugansk Суми=Sumy Чернігів=Chernihiv/Chernigov Полтава=Poltava
            Черкаси=Cherkasy Житомир=Zhytomyr/Zhitomir Бахмут=Bakhmut Мелітополь=Melitopol
            Бердянськ=Berdiansk/Berdyansk Краматорськ=Kramatorsk Ізюм=Izium/Izyum Кременчук=Kremenchuk"""),
        short("""Олександр:Сашко,Саша Сергій:Сергійко Володимир:Володя,Вова Андрій:Андрійко Микола:Коля Іван:Ваня,Іванко
            Михайло:Мишко,Міша Юрій:Юра,Юрко Дмитро:Діма Петро:Петрик Олена:Оленка,Лєна Наталія:Наталка,Наташа
            Тетяна:Таня Ольга:Оля Ірина:Іра Марія:Маруся,Марійка Світлана:Світа Катерина:Катя Анастасія:Настя
            Ганна:Аня,Галя Галина:Галя Софія:Соня""", "Ukrainian"),
    ),
    Culture(
        "Russian", 0.12, "Cyrillic", ("Russia", "Ukraine", "Russian"),
        slavic("""Александр Сергей Владимир Андрей Алексей Дмитрий Николай Иван Михаил Евгений Виктор Юрий Олег Игорь
            Павел Роман Максим Анатолий Василий Виталий Константин Пётр Артём Денис Илья Кирилл Никита Фёдор
            Григорий Леонид""", "Russian"),
        slavic("""Елена Наталья Татьяна Ольга Ирина Светлана Анна Мария Людмила Екатерина Галина Марина Юлия Анастасия
            Валентина Надежда Любовь Виктория Лариса Нина Дарья Софья Вера Полина Ксения Алла Зинаида Раиса Евгения
            Антонина""", "Russian"),
        joined(_RUSSIAN_STEMS, "ов ин ский енко овский", "Russian"),
        listed("""Донецк=Donetsk Харьков=Kharkov/Kharkiv Луганск=Lugansk/Luhansk Мариуполь=Mariupol Одесса=Odessa/Odesa
            Москва=Moscow/Moskva Ростов-на-Дону=Rostov-on-Don/Rostov Белгород=Belgorod Воронеж=Voronezh/Woronesch
            Краснодар=Krasnodar Курск=Kursk Горловка=Gorlovka/Horlivka Запорожье=Zaporozhye/Zaporizhzhia
            Севастополь=Sevastopol"""),
        short("""Александр:Саша Сергей:Серёжа Владимир:Володя,Вова Алексей:Лёша Дмитрий:Дима Николай:Коля Иван:Ваня
            Михаил:Миша Евгений:Женя Юрий:Юра Елена:Лена Наталья:Наташа Татьяна:Таня Ольга:Оля Ирина:Ира
            Светлана:Света Анна:Аня Мария:Маша Екатерина:Катя Анастасия:Настя Надежда:Надя""", "Russian"),
    ),
    Culture(
        "Arabic", 0.30, "Arabic", ("Syria", "Syrian", "سوريا"),
        listed("""محمد=Mohammed/Muhammad/Mohamad/Mohamed أحمد=Ahmad/Ahmed علي=Ali محمود=Mahmoud/Mahmud/Mahmood
            حسن=Hassan/Hasan حسين=Hussein/Husayn/Houssein/Hossein خالد=Khaled/Khalid عمر=Omar/Umar
            إبراهيم=Ibrahim/Ebrahim يوسف=Yousef/Yusuf/Youssef/Youcef مصطفى=Mustafa/Mostafa/Moustapha
            عبد_الله=Abdullah/Abdallah عبد_الرحمن=Abdulrahman/Abdel_Rahman/Abderrahman كريم=Karim/Kareem
            سامي=Sami/Samy طارق=Tariq/Tarek باسم=Bassem/Basim وليد=Walid/Waleed زياد=Ziad/Ziyad فادي=Fadi/Fady
            رامي=Rami/Ramy نبيل=Nabil/Nabeel جمال=Jamal/Gamal/Djamel سعيد=Said/Saeed/Saïd ماهر=Maher/Mahir
            عماد=Imad/Emad غسان=Ghassan/Gassan هاني=Hani/Hany بلال=Bilal/Belal ياسر=Yasser/Yasir عدنان=Adnan
            فراس=Firas/Feras أنس=Anas حمزة=Hamza/Hamzah معاذ=Muath/Moaz أيمن=Ayman/Aiman نزار=Nizar صالح=Saleh/Salih
            جابر=Jaber/Jabir قاسم=Qasim/Kassem/Qassem"""),
        listed("""فاطمة=Fatima/Fatma/Fatimah مريم=Maryam/Mariam/Meryem عائشة=Aisha/Aysha/Aicha خديجة=Khadija/Khadijah
            زينب=Zainab/Zeinab/Zaynab سارة=Sara/Sarah نور=Nour/Noor/Nur هدى=Huda/Houda أمل=Amal رنا=Rana سلمى=Salma
            ليلى=Layla/Leila/Laila رانيا=Rania هبة=Hiba/Heba دعاء=Duaa/Doaa إيمان=Iman/Eman سمر=Samar ريم=Reem/Rim
            دانا=Dana نادية=Nadia/Nadiya سعاد=Suad/Souad منى=Mona/Muna آمنة=Amina/Aminah حنان=Hanan وفاء=Wafaa/Wafa
            غادة=Ghada رغد=Raghad بشرى=Bushra/Bouchra سناء=Sanaa/Sana لينا=Lina/Leena شيماء=Shaimaa/Shaima
            جميلة=Jamila/Jameela صفاء=Safaa/Safa أسماء=Asmaa/Asma سهام=Siham/Seham"""),
        listed("""الحسيني=Al-Husseini/Alhousseiny/El_Husseini الأحمد=Al-Ahmad/Alahmad/Al_Ahmed العلي=Al-Ali/Alali
            المحمد=Al-Mohammad/Almohamad حداد=Haddad/Hadad خوري=Khoury/Khouri/Khuri الحمصي=Al-Homsi/Alhomsi/Homsi
            الحلبي=Al-Halabi/Halabi/Alhalaby الدمشقي=Al-Dimashqi/Dimashki صباغ=Sabbagh/Sabagh
            نجار=Najjar/Najar/Nadjar الخطيب=Al-Khatib/Alkhateeb/El_Khatib شاهين=Shahin/Shaheen/Chahine
            قاسم=Qasim/Kassem العبد_الله=Al-Abdullah/Alabdallah الجاسم=Al-Jasim/Aljassem
            الشامي=Al-Shami/Alshamy/Chami البيطار=Al-Bitar/Bitar عيسى=Issa/Eissa/Isa ناصر=Nasser/Naser/Nasir
            إسماعيل=Ismail/Esmail الزعبي=Al-Zoubi/Alzoabi/Zuabi الرفاعي=Al-Rifai/Refai/Alrefaei
            السيد=Al-Sayed/Elsayed/Alsayyid الحسن=Al-Hassan/Alhasan المصري=Al-Masri/Almasry/El_Masri
            درويش=Darwish/Darwich/Darweesh حمدان=Hamdan سليمان=Suleiman/Sulaiman/Soliman
            منصور=Mansour/Mansoor/Mansur يونس=Younes/Yunus/Younis الخالد=Al-Khaled/Alkhalid
            عثمان=Othman/Osman/Uthman الشيخ=Al-Sheikh/Alshaikh/Cheikh بركات=Barakat شعبان=Shaaban/Chaaban
            صالح=Saleh/Salih العمر=Al-Omar/Alomar جبور=Jabbour/Jabour سلامة=Salameh/Salama
            حجازي=Hijazi/Hegazy/Hejazi قباني=Qabbani/Kabbani عطية=Attia/Atiyah/Atieh الحموي=Al-Hamwi/Alhamwy/Hamoui
            الديري=Al-Deiri/Aldeery كنعان=Kanaan/Canaan زيدان=Zaidan/Zeidan/Zidane طحان=Tahhan/Tahan
            غنام=Ghannam/Ganam الأسود=Al-Aswad/Alassouad عرابي=Arabi/Orabi مراد=Murad/Mourad دياب=Diab/Deeb
            رمضان=Ramadan/Ramadhan فارس=Fares/Faris حمود=Hammoud/Hamoud شحادة=Shehadeh/Chehade عباس=Abbas
            جمعة=Jumaa/Jomaa/Gomaa"""),
        listed("""حلب=Aleppo/Halab دمشق=Damascus/Damas حمص=Homs/Hims حماة=Hama/Hamah اللاذقية=Latakia/Lattaquié
            دير_الزور=Deir_ez-Zor الرقة=Raqqa/Ar-Raqqah إدلب=Idlib/Edlib درعا=Daraa/Deraa
            القامشلي=Qamishli/Al-Qamishli طرطوس=Tartus/Tartous السويداء=As-Suwayda منبج=Manbij عفرين=Afrin
            تدمر=Palmyra/Tadmur دوما=Douma/Duma الحسكة=Al-Hasakah/Hassakeh"""),
    ),
    Culture(
        "Persian", 0.12, "Arabic", ("Afghanistan", "Afghan", "افغانستان"),
        listed("""محمد=Mohammad/Mohamad علی=Ali حسین=Hossein/Hussain رضا=Reza/Riza احمد=Ahmad/Ahmed مهدی=Mahdi/Mehdi
            حمید=Hamid/Hameed جواد=Jawad/Javad داود=Dawood/Davoud/Daud فرید=Farid/Fareed بهزاد=Behzad/Bihzad
            نوید=Navid/Naweed ابراهیم=Ebrahim/Ibrahim کریم=Karim جمشید=Jamshid/Jamshed فرهاد=Farhad/Ferhad
            سهراب=Sohrab/Suhrab رستم=Rostam/Rustam یما=Yama هاشم=Hashem/Hashim نجیب=Najib/Najeeb شفیق=Shafiq/Shafigh
            قاسم=Qasem/Ghasem/Qasim مجید=Majid/Majeed سعید=Saeed/Sayed_Said"""),
        listed("""فاطمه=Fatemeh/Fatima زهرا=Zahra مریم=Maryam/Mariam نرگس=Narges/Nargis لیلا=Leila/Laila
            شیرین=Shirin/Shireen پروین=Parvin/Parwin فرزانه=Farzaneh/Farzana سمیه=Somayeh/Sumaya
            شکریه=Shukria/Shokria نسرین=Nasrin/Nasreen رویا=Roya/Ruya گلناز=Golnaz/Gulnaz ملالی=Malalai/Malalay
            زینب=Zeynab/Zainab معصومه=Masoumeh/Masuma حمیرا=Homeira/Humaira آرزو=Arezo/Arzu شبنم=Shabnam
            سارا=Sara/Sarah"""),
        listed("""احمدی=Ahmadi/Ahmady محمدی=Mohammadi/Mohamadi/Muhammadi حسینی=Hosseini/Hussaini/Husseini
            رضایی=Rezaei/Rezai/Rezayi کریمی=Karimi/Karimy حیدری=Heidari/Haidari/Haydari نوری=Nouri/Noori/Nuri
            رحیمی=Rahimi/Rahimy صادقی=Sadeghi/Sadiqi/Sadeqi یوسفی=Yousefi/Yusufi اکبری=Akbari جعفری=Jafari/Jaafari
            قاسمی=Ghasemi/Qasimi/Qasemi عزیزی=Azizi مرادی=Moradi/Muradi هاشمی=Hashemi/Hashimi امیری=Amiri
            شریفی=Sharifi/Sharify سلطانی=Soltani/Sultani ابراهیمی=Ebrahimi/Ibrahimi
            محمدزاده=Mohammadzadeh/Muhammadzada رسولی=Rasouli/Rasuli/Rasooli میرزایی=Mirzaei/Mirzai
            سلیمانی=Soleimani/Sulaimani وفا=Wafa/Vafa بیگزاد=Bigzad/Beigzad نظری=Nazari/Nazary ناصری=Naseri/Nasiri
            عظیمی=Azimi/Azeemi فیضی=Faizi/Feyzi انصاری=Ansari/Ansary بهرامی=Bahrami فروتن=Forotan/Furutan
            خلیلی=Khalili/Khaleeli پناهی=Panahi"""),
        listed("""کابل=Kabul/Kaboul هرات=Herat/Hirat قندهار=Kandahar/Qandahar مزار_شریف=Mazar-i-Sharif/Mazar-e_Sharif
            جلال_آباد=Jalalabad غزنی=Ghazni بامیان=Bamyan/Bamiyan قندوز=Kunduz/Qunduz تهران=Tehran/Teheran
            مشهد=Mashhad/Meshed کرمان=Kerman فراه=Farah"""),
    ),
    Culture(
        "Spanish", 0.07, "Latin", ("Venezuela", "Venezuelan", "Colombia"),
        folded("""José Luis Juan Carlos Jesús Miguel Ángel Pedro Rafael Víctor Andrés Ramón Óscar César Martín Julián
            Tomás Nicolás Adrián Sebastián Iván Rubén Darío Joaquín Germán"""),
        folded("""María Ana Carmen Rosa Luz Lucía Sofía Inés Mónica Verónica Beatriz Belén Concepción Asunción Raquel
            Noemí Mercedes Yolanda Ángela Begoña Rocío Isabel Teresa Andrea"""),
        folded("""González Rodríguez Pérez Hernández García Martínez Sánchez López Díaz Rojas Ramírez Gómez Fernández
            Álvarez Torres Suárez Vásquez Jiménez Gutiérrez Núñez Muñoz Márquez Peña Méndez Ibáñez Zúñiga Briceño
            Chacón Guzmán Cárdenas Durán Ríos Marín Salazar Quiñones Acuña Ordóñez Bermúdez Colmenares Escalona"""),
        listed("""Caracas Maracaibo Valencia Barquisimeto Mérida=Mérida/Merida Cúcuta=Cúcuta/Cucuta Bogotá=Bogotá/Bogota
            San_Cristóbal=San_Cristóbal/San_Cristobal Medellín=Medellín/Medellin Cali Maturín=Maturín/Maturin"""),
    ),
    Culture(
        "Polish", 0.05, "Latin", ("Poland", "Polish", "Polska"),
        folded("""Piotr Krzysztof Andrzej Tomasz Paweł Jan Michał Marcin Jakub Łukasz Grzegorz Stanisław Mateusz Wojciech
            Zbigniew Jerzy Dariusz Rafał Józef Władysław"""),
        folded("""Anna Maria Katarzyna Małgorzata Agnieszka Barbara Ewa Elżbieta Zofia Krystyna Teresa Magdalena Joanna
            Jadwiga Danuta Irena Halina Bożena Grażyna Żaneta"""),
        folded("""Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski
            Kozłowski Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając
            Pawłowski Michalski Król Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski
            Jaworski Adamczyk Dudek Pawlak Górski Sikora Witkowski Rutkowski"""),
        listed("""Warszawa=Warszawa/Warsaw Kraków=Kraków/Krakow/Cracow Łódź=Łódź/Lodz Wrocław=Wrocław/Wroclaw
            Poznań=Poznań/Poznan Gdańsk=Gdańsk/Gdansk Lublin Rzeszów=Rzeszów/Rzeszow Przemyśl=Przemyśl/Przemysl"""),
    ),
)  # fmt: skip
