"""Names of months in the languages that feeds are written in; reading dates is left to dates."""

from __future__ import annotations

_NAMES = """
january jan janvier janv januar jänner jän enero ene gennaio gen januari janeiro stycznia styczeń sty leden ledna led
  ianuarie ian ocak oca tammikuu tammikuuta tammi ιανουαρίου ιανουάριος ιαν január января январь янв січня січень січ
  студзеня януари яну sausio jaanuar janvāris siječnja
february feb février fevrier févr fevr fév février februar febrero febbraio febr februari fevereiro fev lutego luty lut
  únor února úno februarie şubat şub helmikuu helmikuuta helmi φεβρουαρίου φεβρουάριος φεβ február února февраля
  февраль фев февр лютого лютий лют лютага февруари vasario veebruar februāris veljače
march mar mars märz maerz mrz mär marzo maart mrt março marco marca marzec březen března bře martie mart maaliskuu
  maaliskuuta maalis μαρτίου μάρτιος μαρ μάρ március márc марта март мар березня березень бер сакавіка kovo märts marts
  ožujka
april apr avril avr abril abr aprile kwietnia kwiecień kwi duben dubna dub aprilie nisan nis huhtikuu huhtikuuta huhti
  απριλίου απρίλιος απρ április ápr апреля апрель апр квітня квітень кві квіт красавіка април balandžio aprill aprīlis
  travnja
may mai mayo maggio mag mei maio maja maj květen května kvě mayıs toukokuu toukokuuta touko μαΐου μάιος μαι μάι μαϊ
  μαΐ május máj мая май травня травень тра трав траўня gegužės maijs svibnja
june jun juin juni junio giugno giu junho czerwca czerwiec cze červen června čvn iunie iun haziran haz kesäkuu
  kesäkuuta kesä ιουνίου ιούνιος ιουν ιούν június jún июня июнь июн червня червень чер черв чэрвеня юни birželio juuni
  jūnijs lipnja
july jul juillet juil juli julio luglio lug julho lipca lipiec lip červenec července čvc iulie iul temmuz tem heinäkuu
  heinäkuuta heinä ιουλίου ιούλιος ιουλ ιούλ július júl июля июль июл липня липень лип ліпеня юли liepos juuli jūlijs
  srpnja
august aug août aout agosto ago augustus agost sierpnia sierpień sie srpen srpna srp ağustos ağu elokuu elokuuta elo
  αυγούστου αύγουστος αυγ αύγ augusztus августа август авг серпня серпень сер серп жніўня rugpjūčio augusti augusts
  kolovoza
september sep sept septembre septiembre setiembre settembre set setembro września wrzesień wrz září zář septembrie
  eylül eyl syyskuu syyskuuta syys σεπτεμβρίου σεπτέμβριος σεπ σεπτ szeptember szept сентября сентябрь сен сент вересня
  вересень вер верасня септември rugsėjo septembris rujna
october oct octobre oktober okt octubre ottobre ott outubro out października październik paź říjen října říj octombrie
  ekim eki lokakuu lokakuuta loka οκτωβρίου οκτώβριος οκτ október октября октябрь окт жовтня жовтень жов жовт
  кастрычніка октомври spalio oktoober oktobris
november nov novembre noviembre novembro listopada listopad lis lst noiembrie noi kasım kas marraskuu marraskuuta
  marras νοεμβρίου νοέμβριος νοε νοέ ноября ноябрь ноя нояб листопада листопад лис лист лістапада ноември lapkričio
  novembris studenoga
december dec décembre decembre déc dezember dez diciembre dic dicembre dezembro grudnia grudzień gru prosinec prosince
  pro decembrie aralık ara joulukuu joulukuuta joulu δεκεμβρίου δεκέμβριος δεκ des desember декабря декабрь дек грудня
  грудень гру груд снежня декември gruodžio detsember decembris prosinca
"""
"""A paragraph for each month: names as they stand in dates, alone, and cut short."""


def _by_name() -> dict[str, int]:
    names: dict[str, int] = {}
    number = 0
    for line in _NAMES.strip().splitlines():
        number += not line.startswith(" ")
        for name in line.split():
            names.setdefault(name, number)
    return names


MONTHS = _by_name()
"""The number of a month by its name, lower case, without a full stop."""
