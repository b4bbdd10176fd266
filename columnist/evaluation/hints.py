"""Words of claims, and the words of a schema that support each: units, standards, personal data.

A claim is looked for in a text, its hints in the names and types. Every list errs
on the side of support: a hint that fits by accident lets an invented claim pass, and
never blames an honest text.
"""

import re
from typing import NamedTuple


def word_set(listed: str) -> frozenset[str]:
    """Return listed words as a set.

    Example:
        >>> sorted(word_set("kg kilo"))
        ['kg', 'kilo']
    """
    return frozenset(listed.split())


class Claimed(NamedTuple):
    """A kind of claim.

    Attributes:
        pattern: What makes the claim in a text.
        hints: Words of a schema, any of which supports it; those of four letters and
            more also inside a longer word, as in ``leadtimedays``.
    """

    pattern: re.Pattern[str]
    hints: frozenset[str]


def _claimed(pattern: str, hints: str, flags: re.RegexFlag = re.IGNORECASE) -> Claimed:
    return Claimed(re.compile(pattern, flags), word_set(hints))


def _measured(words: str) -> str:
    """Return a pattern for words that are units only where something is counted in them."""
    counted = r"\b(?:in|how many|number of|count of|amount of|total of|units? of measure(?:ment)?:|units?:)"
    adjective = r"(?:whole |full |elapsed |business |working |calendar |square |cubic )?"
    # "Figures are hours." and "rounded to hours" end with the unit; "is days late" goes on.
    ending = rf"(?:\b(?:is|are|as|to) | [-–] |[(:] ?){adjective}(?:{words})(?= ?[.,;)]| ?$)"
    return (
        rf"{counted} {adjective}(?:{words})\b|{ending}|\d\s?(?:{words})\b|\b(?:square|cubic) (?:{words})\b"
        rf"|^{adjective}(?:{words}) (?:of|worth of)\b"
    )


def _time(words: str) -> str:
    """Return a pattern for units of time; "days of the week" and "opening hours" count nothing."""
    singular = "|".join(word.removesuffix("s") for word in words.split("|"))
    following = "since|until|between|from|after|before|elapsed|that|for|worked|spent|left"
    return rf"{_measured(words)}|(?:^|\b(?:the|many|of) )(?:{words}) (?:{following})\b|\bper (?:{singular})\b"


UNITS = (
    _claimed(_time("milliseconds|msecs?|ms"), "ms msec msecs milli millis millisecond milliseconds epoch"),
    _claimed(_time("seconds|secs"), "s sec secs second seconds epoch unix"),
    _claimed(_time("minutes|mins"), "m min mins minute minutes"),
    _claimed(_time("hours|hrs"), "h hr hrs hour hours hourly kph kmh mph kwh mwh"),
    _claimed(_time("days"), "d day days daily dy dys"),
    _claimed(_time("weeks"), "w wk wks week weeks weekly"),
    _claimed(_time("months"), "m mo mos mon mth mths mnth month months monthly"),
    _claimed(_time("quarters"), "q qtr qtrs quarter quarters quarterly"),
    _claimed(_time("years"), "y yr yrs year years yearly annual annually age pa"),
    _claimed(r"\bkgs?\b|\bkilograms?\b|\bkilogrammes?\b|\bkilos?\b", "kg kgs kilo kilos kilogram kilograms"),
    _claimed(_measured("g|grams|grammes"), "g gr gram grams gm gms"),
    _claimed(r"\bmilligrams?\b|\d\s?mg\b|\bin mg\b", "mg mgl milligram milligrams"),
    _claimed(r"\b(?:metric )?ton(?:ne)?s\b", "t ton tons tonne tonnes mt tonnage"),
    _claimed(r"\blbs?\b|" + _measured("pounds"), "lb lbs pound pounds gbp"),
    _claimed(_measured("ounces|oz"), "oz ounce ounces"),
    _claimed(r"\bmillimet(?:er|re)s?\b|\bin mm\b|\d\s?mm\b", "mm millimeter millimetre millimeters millimetres"),
    _claimed(r"\bcentimet(?:er|re)s?\b|\bin cm\b|\d\s?cm\b", "cm centimeter centimetre centimeters centimetres"),
    _claimed(r"\bkilomet(?:er|re)s?\b|\bkm\b", "km kms kilometer kilometre kilometers kilometres kmh kph"),
    _claimed(_measured("met(?:er|re)s|m|m2|m3|m²|m³"), "m m2 m3 mtr mtrs meter metre meters metres sqm cbm"),
    _claimed(_measured("miles|mi"), "mi mile miles mph mileage"),
    _claimed(_measured("feet|ft"), "ft feet foot sqft cuft"),
    _claimed(_measured("inches|in"), "in inch inches"),
    _claimed(_measured("lit(?:er|re)s|l"), "l lt ltr ltrs liter litre liters litres"),
    _claimed(r"\bmillilit(?:er|re)s?\b|\bin ml\b|\d\s?ml\b", "ml milliliter millilitre milliliters millilitres"),
    _claimed(r"\bmicro(?:n|gram|meter|metre|second)s?\b|µ[gm]", "micron microns microgram micrometer us ug mcg um"),
    _claimed(
        r"\b(?:barrels?|bushels?|pints?|quarts?)\b",
        "barrel barrels bbl bbls boe boed bopd mboe bushel bushels bu pint pints quart",
    ),
    _claimed(_measured("yards|yds"), "yd yds yard yards"),
    _claimed(r"\bgallons?\b", "gal gals gallon gallons"),
    _claimed(r"\bacres?\b", "ac acre acres acreage"),
    _claimed(r"\bhectares?\b", "ha hectare hectares"),
    _claimed(r"\b(?:degrees )?celsius\b|°\s?C\b", "c celsius degc centigrade"),
    _claimed(r"\b(?:degrees )?fahrenheit\b|°\s?F\b", "f fahrenheit degf"),
    _claimed(
        r"\bdegrees\b(?! celsius| fahrenheit)",
        "deg degs degree degrees lat latitude lon lng long longitude angle bearing heading azimuth geo",
    ),
    _claimed(r"\bkWh\b|\bkilowatt[- ]hours?\b", "kwh kilowatt energy"),
    _claimed(r"\b(?:kilo|mega)?watts?\b(?![- ]hour)|\bin kW\b", "w kw mw watt watts kilowatt wattage kwh"),
    _claimed(r"\bvolts?\b", "v volt volts voltage"),
    _claimed(r"\bamp(?:ere)?s\b", "a amp amps ampere amperes amperage"),
    _claimed(r"\b(?:mega|giga|kilo)?hertz\b|\b[MGk]?Hz\b", "hz mhz ghz khz hertz"),
    _claimed(r"\bdecibels?\b|\bdB\b", "db dba decibel decibels noise"),
    _claimed(r"\b(?:kilo)?(?:joules?|calories)\b|\bkcal\b", "j kj joule joules cal kcal calorie calories energy"),
    _claimed(r"\b(?:lumens?|lux|candela)\b", "lm lumen lumens lux cd"),
    _claimed(r"\brpm\b|\brevolutions per minute\b", "rpm rev revs"),
    _claimed(r"\bknots\b|\bnautical miles?\b", "kn kt kts knot knots nm nmi nautical"),
    _claimed(r"\bcarats?\b|\bkarats?\b", "ct carat carats karat"),
    _claimed(r"\bbasis points?\b", "bp bps basis"),
    _claimed(r"\b[Bb]ytes\b", "b byte bytes bytea octets kb mb gb", re.NOFLAG),
    _claimed(r"\b[Kk]ilobytes?\b|\b[Kk]B\b", "kb kilobyte kilobytes", re.NOFLAG),
    _claimed(r"\b[Mm]egabytes?\b|\bMB\b", "mb megabyte megabytes", re.NOFLAG),
    _claimed(r"\b[Gg]igabytes?\b|\bGB\b", "gb gigabyte gigabytes", re.NOFLAG),
    _claimed(_measured("pixels|px"), "px pixel pixels"),
    _claimed(r"\bmph\b|\bmiles per hour\b", "mph"),
    _claimed(r"\bkm/h\b|\bkilomet(?:er|re)s per hour\b", "kmh kph kmph"),
    _claimed(r"\bpsi\b|\bpascals?\b|\bkPa\b|\bin bars?\b", "psi pa kpa pascal pascals bar bars"),
    _claimed(r"\bparts per million\b|\bppm\b", "ppm"),
    _claimed(r"\bUSD\b|\b(?:U\.?S\.? )?dollars?\b|\$", "usd dollar dollars dlr us cad aud nzd sgd hkd"),
    _claimed(r"\bEUR\b|\b[Ee]uros?\b|€", "eur euro euros", re.NOFLAG),
    _claimed(r"\bGBP\b|\bpounds? sterling\b|\bBritish pounds?\b|£", "gbp pound pounds sterling"),
    _claimed(
        r"\b(?:JPY|CHF|CAD|AUD|INR|CNY|SEK|NOK|DKK|PLN|BRL|MXN|[Yy]en|[Rr]upees?|[Yy]uan|(?:Swiss )?[Ff]rancs?|"
        r"[Pp]esos?|[Kk]ron(?:a|or|er)|(?:Canadian|Australian) dollars?)\b",
        "jpy chf cad aud inr cny sek nok dkk pln brl mxn yen yuan rupee rupees franc francs peso pesos krona krone",
    ),
    _claimed(r"\bcents\b", "cent cents minor"),
    # A rate or a discount may well be a percentage, but nothing says that it is counted in percent.
    _claimed(
        r"\bin percent(?:age)?\b|\bas a percent(?:age)?\b|\bpercentage points?\b|\d\s?(?:%|percent\b)|\(%\)",
        "pct pcnt prc percent percentage perc pc percentile",
    ),
    _claimed(
        r"(?<!in )(?<!as a )\bpercent(?:age)?s?\b(?! points?)",
        "pct pcnt prc percent percentage perc pc percentile rate rates ratio share fraction discount margin",
    ),
)

STANDARDS = (
    _claimed(r"\bISO[- ]?4217\b", "currency currencies curr ccy cur iso"),
    _claimed(r"\bISO[- ]?3166(?:-\d)?(?:[ -]alpha-?\d)?\b", "country countries ctry cntry nation region state iso"),
    _claimed(r"\bISO[- ]?639(?:-\d)?\b", "lang language locale iso"),
    _claimed(r"\bISO[- ]?(?!4217|3166|639)\d{3,5}\b", "iso"),
    _claimed(r"\bE\.164\b", "phone tel telephone mobile msisdn fax"),
    _claimed(r"\bSHA-?\d+\b", "sha sha1 sha256 sha512"),
    _claimed(r"\bMD5\b", "md5 md"),
    _claimed(r"\bUTF-?\d+\b", "utf utf8"),
    _claimed(r"\bIPv[46]\b", "ip ipv ipv4 ipv6 inet cidr addr address host"),
    _claimed(r"\bRFC[- ]?\d+\b", "rfc"),
    _claimed(r"\bEPSG[:\s]?\d+\b|\bWGS[- ]?84\b", "epsg srid wgs geometry geography"),
)

_ZONES = (
    r"\b(?:UTC|GMT|[ECMP][SD]T|CES?T|BST|IST|JST|Zulu|[Uu]niversal [Tt]ime|[Tt]ime ?zones?|[Ll]ocal time"
    r"|(?:Eastern|Central|Mountain|Pacific|Atlantic|Western|European|Greenwich|Mean|Standard|Daylight|Summer)"
    r" [Tt]ime)\b"
    r"|(?<=[a-z,;(:–-] )(?!Unix)[A-Z][a-z]+ [Tt]ime\b"  # "in Lisbon time", not "Delivery time" at the start
)
TIME_ZONES = (
    _claimed(_ZONES, "utc gmt tz tzid timezone timezones zone zulu local offset timestamptz timetz ltz", re.NOFLAG),
)

PERSONAL = (
    _claimed(r"\be-?mails?\b", "email emails eml e mail mails mailing smtp newsletter inbox recipient sender contact"),
    _claimed(
        r"\b(?:tele|cell|mobile )?phones?\b|\bmobile numbers?\b",
        "phone phones ph tel telephone telephones mobile cell fax contact msisdn call calls caller dial sms",
    ),
    _claimed(r"\bsocial security\b|\bSSN\b", "ssn social security national tax tin"),
    _claimed(r"\bpassports?\b", "passport passports travel"),
    _claimed(r"\b(?:date|day) of birth\b|\bbirth ?(?:date|day)s?\b", "birth birthdate birthday dob born bday"),
    _claimed(r"\b(?:credit|debit) cards?\b", "card cards cc pan payment pay credit debit"),
    _claimed(r"\bbank accounts?\b|\bIBAN\b", "bank iban account acct acc bic payee"),
    _claimed(
        r"\b(?:home|street|postal|mailing|residential|private) address(?:es)?\b",
        "address addresses addr addrs adr street home residence residential postal mailing line location",
    ),
    _claimed(
        r"\b(?:full|first|last|given|family|middle|maiden)(?:,? (?:and|or) (?:first|last|family))? names?\b",
        "name names nm fname lname firstname lastname surname forename given family maiden first last author",
    ),
    _claimed(
        r"\bnational (?:id(?:entity|entification)?|insurance)\b|\bidentity (?:card|document|number)s?\b",
        "national identity nid nino ssn citizen passport identification personal tax tin",
    ),
    _claimed(
        r"\bdriv(?:er|ing)['’]?s? (?:licen[cs]e|permit)s?\b",
        "driver drivers driving license licence permit dl cdl",
    ),
    _claimed(r"\b(?:gender|sex)\b", "gender sex sx gndr male female"),
    _claimed(r"\breligio(?:n|us)\b|\bethnic\w*|\brace of\b", "religion religious ethnic ethnicity race faith"),
    _claimed(
        r"\b(?:medical|health) (?:records?|history|conditions?|data|status)\b",
        "medical health clinical patient patients mrn diagnosis condition hospital chart treatment",
    ),
    _claimed(
        r"\bsalar(?:y|ies)\b|\bwages?\b",
        "salary salaries sal wage wages pay payroll payslip compensation comp income earnings remuneration",
    ),
    _claimed(r"\bIP address(?:es)?\b", "ip ips ipaddr ipaddress address addr host inet remote client"),
    _claimed(
        r"\bfingerprints?\b|\bbiometric\w*|\bfacial\b", "fingerprint fingerprints biometric biometrics face facial"
    ),
    _claimed(
        r"\bpersonal(?:ly identif\w+)? (?:data|information)\b|\bPII\b",
        "personal person pii gdpr privacy consent name email phone address birth ssn contact",
    ),
    _claimed(r"\bpasswords?\b", "password passwords pwd passwd pass secret hash salt credential login"),
)
