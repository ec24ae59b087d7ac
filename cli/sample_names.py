"""Names: plausible people for a sample district, from many languages and scripts.

No name is anyone's: given and family names are drawn apart, each from the common ones of its language.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """Names of one language. `weight` is its share among households; no `family` means that people have one name."""

    weight: int
    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name; what is not there is blank. The standard asks for a family name: a lone dash says none."""

    given: str
    family: str
    middle: str = ""
    preferred: str = ""


NO_FAMILY_NAME = "-"


def _tongue(weight: int, given: str, family: str) -> Tongue:
    return Tongue(weight, tuple(given.split("|")), tuple(family.split("|")) if family else ())


TONGUES: tuple[Tongue, ...] = (
    _tongue(
        30,
        "Ava|Noah|Grace|Liam|Ruby|Owen|Hazel|Caleb|Nora|Isaac|Willa|Jonah|Piper|Miles|June|Theo|Imani|Darius|Keisha|Andre",
        "Carter|Hughes|Bennett|Okafor|Brooks|Sinclair|Whitfield|Marsh|Delaney|Ross|Freeman|Abbott|Lyons|Pruitt|O'Connor",
    ),
    _tongue(
        22,
        "Sofía|Mateo|Lucía|Ángel|Valentina|José|Inés|Joaquín|Ximena|Andrés|Renée|Chloé|Zoë|Étienne|João|Conceição",
        "García|Muñoz|Hernández|Peña|Núñez|Ibáñez|Lefèvre|Gonçalves|de la Cruz Villaseñor|Araújo|Beauséjour|Ordóñez",
    ),
    _tongue(
        5,
        "Zofia|Łukasz|Błażej|Jürgen|Käthe|Øyvind|Åsa|Þórdís|Marek|İpek|Çağla|Ștefan|Žofie|Győző|Ēriks|Mārīte",
        "Wiśniewski|Müller|Sørensen|Ångström|Guðmundsdóttir|Öztürk|Țurcanu|Novák|Szőke|Kalniņš|Größling|Černý",
    ),
    _tongue(
        5,
        "Олена|Дмитро|Анастасия|Фёдор|Ганна|Богдан|Юлія|Ярослав|Милица|Ђорђе",
        "Шевченко|Кузнецова|Ковальчук|Їжакевич|Петровић|Щербаков|Бойко|Воронцов",
    ),
    _tongue(
        6,
        "ليلى|يوسف|مريم|عمر|نور|خالد|فاطمة|زياد|هدى|سامي",
        "الحسيني|منصور|عبد الرحمن|الخطيب|حداد|بن علي|القاضي|شاهين",
    ),
    _tongue(5, "अनन्या|आरव|ईशा|रोहन|काव्या|अर्जुन|दीया|विवेक|मीरा|ऋषि", "शर्मा|पटेल|गुप्ता|त्रिपाठी|चौधरी|जोशी|मिश्र|श्रेष्ठ"),
    _tongue(5, "伟|欣怡|子轩|美玲|浩然|雨桐|志强|晓雯|俊杰|思远", "王|李|张|陈|欧阳|司马|黄|林"),
    _tongue(4, "서연|민준|지우|하윤|도현|수아|예준|은서|지훈|다은", "김|이|박|최|정|강|남궁|황보"),
    _tongue(3, "さくら|蓮|陽葵|湊|ゆい|大翔|アンナ|健太", "佐藤|鈴木|高橋|小鳥遊|田中|渡辺"),
    _tongue(
        5,
        "Thị Hồng Ánh|Quốc Bảo|Ngọc Trâm|Minh Đức|Thùy Dương|Gia Huy|Khánh Linh|Tuấn Kiệt",
        "Nguyễn|Trần|Phạm|Đặng|Võ|Bùi|Huỳnh|Tôn Thất",
    ),
    _tongue(3, "ሰላም|አበበ|ትዕግስት|ዳዊት|ሕይወት|ብርሃኑ|ማርታ|ኤልያስ", "ተስፋዬ|በቀለ|ገብረማርያም|ወልደሚካኤል|ኃይሉ|አለሙ"),
    _tongue(
        2, "Ελένη|Γιώργος|Αθηνά|Νίκος|Ιωάννα|Σπύρος", "Παπαδόπουλος|Καραγιάννη|Οικονόμου|Βλαχογιαννακοπούλου|Ζήσης"
    ),
    _tongue(2, "נועה|איתי|תמר|יונתן|שירה|אורי", "כהן|לוי|בן־דוד|פרידמן|אבוטבול|מזרחי"),
    _tongue(1, "Արամ|Անի|Նարեկ|Լիլիթ", "Պետրոսյան|Հարությունյան|Սարգսյան"),
    _tongue(1, "ნინო|გიორგი|თამარ|ლუკა", "ბერიძე|გელაშვილი|მაისურაძე"),
    _tongue(1, "กมลชนก|ธนกร|พิมพ์ใจ|อนุชา", "ศรีสุวรรณ|วงศ์ประเสริฐ|ชัยวัฒน์"),
    _tongue(1, "Wulandari|Rahmat|Slamet|Ningsih|Sutrisno|Lestari", ""),
    _tongue(
        1,
        "Maria Auxiliadora Inmaculada Concepción|Wilhelmina Frederica Alexandrina|Kahananuiokalani|Christodoulakis",
        "Featherstonehaugh-Cholmondeley-Warner|von und zu Trauttmansdorff-Weinsberg|Papadimitrakopoulos-Hadjidakis",
    ),
)

_MIDDLE = ("Rose", "James", "Marie", "Lee", "José", "Noor", "Kai", "Ann")
_PREFERRED = ("Sam", "Alex", "Jo", "Max", "Robin", "Kit", "Ari", "Ми", "小美", "Noor")
_WEIGHTS = tuple(place for place, tongue in enumerate(TONGUES) for _ in range(tongue.weight))


def tongue_of(number: int) -> Tongue:
    """The language of a household whose chance number (any whole number) is `number`."""
    return TONGUES[_WEIGHTS[number % len(_WEIGHTS)]]


def family_name(tongue: Tongue, number: int) -> str:
    """The family name that `number` draws; a dash in a language of single names."""
    return tongue.family[number % len(tongue.family)] if tongue.family else NO_FAMILY_NAME


def name_of(tongue: Tongue, family: str, number: int) -> Name:
    """The name that `number` draws for a member of the family called `family`.

    One in six has a middle name, one in twelve goes by another name than the given one.
    """
    given = tongue.given[number % len(tongue.given)]
    rest = number // len(tongue.given)
    middle = _MIDDLE[rest % len(_MIDDLE)] if rest % 6 == 0 else ""
    preferred = _PREFERRED[rest // 7 % len(_PREFERRED)] if rest % 12 == 1 else ""
    return Name(given, family, middle, preferred)
