"""Which IANA zone a calendar means by the name of a time zone.

Microsoft's names follow CLDR's table windowsZones, one zone a name. A name that nobody knows is
told by its definition in the file: the zone whose clocks change in the same way this year.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from functions.tasks.expansion import rule_times
from functions.tasks.ical_reading import Component
from functions.tasks.ical_zones import changes
from functions.tasks.recurrence import Rule

_LONG_AGO = date(1970, 1, 1)
"""Microsoft's rules begin in the year 1601."""
Habit = tuple[tuple[datetime, timedelta], ...]

_WINDOWS = """
AUS Central Standard Time=Australia/Darwin|AUS Eastern Standard Time=Australia/Sydney
Afghanistan Standard Time=Asia/Kabul|Alaskan Standard Time=America/Anchorage
Aleutian Standard Time=America/Adak|Altai Standard Time=Asia/Barnaul
Arab Standard Time=Asia/Riyadh|Arabian Standard Time=Asia/Dubai|Arabic Standard Time=Asia/Baghdad
Argentina Standard Time=America/Argentina/Buenos_Aires|Astrakhan Standard Time=Europe/Astrakhan
Atlantic Standard Time=America/Halifax|Aus Central W. Standard Time=Australia/Eucla
Azerbaijan Standard Time=Asia/Baku|Azores Standard Time=Atlantic/Azores
Bahia Standard Time=America/Bahia|Bangladesh Standard Time=Asia/Dhaka
Belarus Standard Time=Europe/Minsk|Bougainville Standard Time=Pacific/Bougainville
Canada Central Standard Time=America/Regina|Cape Verde Standard Time=Atlantic/Cape_Verde
Caucasus Standard Time=Asia/Yerevan|Cen. Australia Standard Time=Australia/Adelaide
Central America Standard Time=America/Guatemala|Central Asia Standard Time=Asia/Bishkek
Central Brazilian Standard Time=America/Cuiaba|Central Europe Standard Time=Europe/Budapest
Central European Standard Time=Europe/Warsaw|Central Pacific Standard Time=Pacific/Guadalcanal
Central Standard Time=America/Chicago|Central Standard Time (Mexico)=America/Mexico_City
Chatham Islands Standard Time=Pacific/Chatham|China Standard Time=Asia/Shanghai
Cuba Standard Time=America/Havana|Dateline Standard Time=Etc/GMT+12
E. Africa Standard Time=Africa/Nairobi|E. Australia Standard Time=Australia/Brisbane
E. Europe Standard Time=Europe/Chisinau|E. South America Standard Time=America/Sao_Paulo
Easter Island Standard Time=Pacific/Easter|Eastern Standard Time=America/New_York
Eastern Standard Time (Mexico)=America/Cancun|Egypt Standard Time=Africa/Cairo
Ekaterinburg Standard Time=Asia/Yekaterinburg|FLE Standard Time=Europe/Kyiv
Fiji Standard Time=Pacific/Fiji|GMT Standard Time=Europe/London|GTB Standard Time=Europe/Bucharest
Georgian Standard Time=Asia/Tbilisi|Greenland Standard Time=America/Nuuk
Greenwich Standard Time=Atlantic/Reykjavik|Haiti Standard Time=America/Port-au-Prince
Hawaiian Standard Time=Pacific/Honolulu|India Standard Time=Asia/Kolkata
Iran Standard Time=Asia/Tehran|Israel Standard Time=Asia/Jerusalem|Jordan Standard Time=Asia/Amman
Kaliningrad Standard Time=Europe/Kaliningrad|Kamchatka Standard Time=Asia/Kamchatka
Korea Standard Time=Asia/Seoul|Libya Standard Time=Africa/Tripoli
Line Islands Standard Time=Pacific/Kiritimati|Lord Howe Standard Time=Australia/Lord_Howe
Magadan Standard Time=Asia/Magadan|Magallanes Standard Time=America/Punta_Arenas
Marquesas Standard Time=Pacific/Marquesas|Mauritius Standard Time=Indian/Mauritius
Middle East Standard Time=Asia/Beirut|Montevideo Standard Time=America/Montevideo
Morocco Standard Time=Africa/Casablanca|Mountain Standard Time=America/Denver
Mountain Standard Time (Mexico)=America/Mazatlan|Myanmar Standard Time=Asia/Yangon
N. Central Asia Standard Time=Asia/Novosibirsk|Namibia Standard Time=Africa/Windhoek
Nepal Standard Time=Asia/Kathmandu|New Zealand Standard Time=Pacific/Auckland
Newfoundland Standard Time=America/St_Johns|Norfolk Standard Time=Pacific/Norfolk
North Asia East Standard Time=Asia/Irkutsk|North Asia Standard Time=Asia/Krasnoyarsk
North Korea Standard Time=Asia/Pyongyang|Omsk Standard Time=Asia/Omsk
Pacific SA Standard Time=America/Santiago|Pacific Standard Time=America/Los_Angeles
Pacific Standard Time (Mexico)=America/Tijuana|Pakistan Standard Time=Asia/Karachi
Paraguay Standard Time=America/Asuncion|Qyzylorda Standard Time=Asia/Qyzylorda
Romance Standard Time=Europe/Paris|Russia Time Zone 10=Asia/Srednekolymsk
Russia Time Zone 11=Asia/Kamchatka|Russia Time Zone 3=Europe/Samara
Russian Standard Time=Europe/Moscow|SA Eastern Standard Time=America/Cayenne
SA Pacific Standard Time=America/Bogota|SA Western Standard Time=America/La_Paz
SE Asia Standard Time=Asia/Bangkok|Saint Pierre Standard Time=America/Miquelon
Sakhalin Standard Time=Asia/Sakhalin|Samoa Standard Time=Pacific/Apia
Sao Tome Standard Time=Africa/Sao_Tome|Saratov Standard Time=Europe/Saratov
Singapore Standard Time=Asia/Singapore|South Africa Standard Time=Africa/Johannesburg
South Sudan Standard Time=Africa/Juba|Sri Lanka Standard Time=Asia/Colombo
Sudan Standard Time=Africa/Khartoum|Syria Standard Time=Asia/Damascus
Taipei Standard Time=Asia/Taipei|Tasmania Standard Time=Australia/Hobart
Tocantins Standard Time=America/Araguaina|Tokyo Standard Time=Asia/Tokyo
Tomsk Standard Time=Asia/Tomsk|Tonga Standard Time=Pacific/Tongatapu
Transbaikal Standard Time=Asia/Chita|Turkey Standard Time=Europe/Istanbul
Turks And Caicos Standard Time=America/Grand_Turk|US Eastern Standard Time=America/Indianapolis
US Mountain Standard Time=America/Phoenix|UTC=UTC|UTC+12=Etc/GMT-12|UTC+13=Etc/GMT-13
UTC-02=Etc/GMT+2|UTC-08=Etc/GMT+8|UTC-09=Etc/GMT+9|UTC-11=Etc/GMT+11
Ulaanbaatar Standard Time=Asia/Ulaanbaatar|Venezuela Standard Time=America/Caracas
Vladivostok Standard Time=Asia/Vladivostok|Volgograd Standard Time=Europe/Volgograd
W. Australia Standard Time=Australia/Perth|W. Central Africa Standard Time=Africa/Lagos
W. Europe Standard Time=Europe/Berlin|W. Mongolia Standard Time=Asia/Hovd
West Asia Standard Time=Asia/Tashkent|West Bank Standard Time=Asia/Hebron
West Pacific Standard Time=Pacific/Port_Moresby|Yakutsk Standard Time=Asia/Yakutsk
Yukon Standard Time=America/Whitehorse
"""


def zone_of(name: str, defined: Component | None = None) -> str | None:
    """The IANA zone of a name, or of its definition; None when nobody knows."""
    known = _known()
    for said in (name, defined.value("X-LIC-LOCATION") if defined else ""):
        parts = said.strip().strip("/").split("/")
        for length in range(min(3, len(parts)), 0, -1):  # /mozilla.org/20070129_1/Europe/Berlin
            if found := known.get("/".join(parts[-length:]).casefold()):
                return found
    return _alike(defined) if defined else None


@cache
def _known() -> dict[str, str]:
    """Zones by their own and by Microsoft's names, in lower case."""
    zones = {name.casefold(): name for name in available_timezones()}
    pairs = (pair.split("=") for pair in _WINDOWS.strip().replace("\n", "|").split("|"))
    return zones | {name.casefold(): zone for name, zone in pairs if zone.casefold() in zones}


def _alike(defined: Component) -> str | None:
    """The first well-known zone with the habits of a definition."""
    year = datetime.now(UTC).year
    try:
        wanted = _told(defined, year)
    except (ValueError, OverflowError):
        return None
    return _habits(year).get(wanted)


@cache
def _habits(year: int) -> dict[Habit, str]:
    """Well-known zones by when their clocks change in a year, and by how far they are from UTC."""
    found = dict[Habit, str]()
    pairs = (pair.split("=")[1] for pair in _WINDOWS.strip().replace("\n", "|").split("|"))
    for name in ("UTC", "Europe/Berlin", *pairs):
        if name.casefold() in _known():
            zone = ZoneInfo(name)
            at = datetime(year, 1, 1, tzinfo=UTC).astimezone(zone)
            moves = [(change.onset, change.after) for change in changes(zone, year, year)]
            begin = (datetime(year, 1, 1), at.utcoffset() or timedelta())
            found.setdefault((begin, *moves), name)
    return found


def _told(defined: Component, year: int) -> Habit:
    """The same of a definition. Errors: ValueError."""
    onsets = list[tuple[datetime, timedelta]]()
    first, last = datetime(year - 1, 1, 1), datetime(year, 12, 31, 23, 59, 59)
    for part in defined.parts[:50]:
        start = datetime.strptime(part.value("DTSTART"), "%Y%m%dT%H%M%S")
        after = _offset(part.value("TZOFFSETTO"))
        times = [start]
        if rule := part.value("RRULE"):
            times += rule_times(
                max(start, datetime.combine(_LONG_AGO, start.time())),
                "UTC",
                Rule.parse(rule),
                max(start, first),
                last,
            )
        times += [datetime.strptime(one.value, "%Y%m%dT%H%M%S") for one in part.every("RDATE")]
        onsets += [(at, after) for at in set(times) if at <= last]
    before = [after for at, after in sorted(onsets) if at <= datetime(year, 1, 1)]
    if not before:
        raise ValueError(year)
    moves = [one for one in sorted(onsets) if one[0] > datetime(year, 1, 1)]
    return (datetime(year, 1, 1), before[-1]), *moves


def _offset(text: str) -> timedelta:
    at = datetime.strptime(text.lstrip("+-")[:4], "%H%M")
    span = timedelta(hours=at.hour, minutes=at.minute)
    return -span if text.startswith("-") else span
