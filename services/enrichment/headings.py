"""Tells a place in capitals at the start of a story from the other words that stand there before a dash."""

from __future__ import annotations

import re

from services.enrichment.dates import DAYS, MONTHS

MOST_WORDS = 4
SHORTEST = 5
"""Letters of a lone word: shorter ones are mostly bodies known by their letters, NATO and FIFA."""

MOST_LOOKED_AT = 20_000
SPOKEN = 3
"""Words of the sentence behind the dash."""

WORDS = frozenset(
    # English
    "about advertisement advice after alert all an analysis announcement anonymous answer answers archive are as ask "
    "at audio background because before best blog book bottom box breaking breakingviews brief briefing briefs "
    "bulletin but by calendar cartoon caution chapter chart clarification closing coming comment commentary comments "
    "conclusion contact contents contest context corrected correction corrections deadline dear details developing "
    "disclaimer disclosure don't download drama editor editor's editorial editors editors' embargoed episode event "
    "events exclusive exclusively explained explainer extra fact factbox facts feature features final first flash "
    "focus follow for from gallery graphic guest guide headline headlines here highlights history how i if image "
    "images important in infographic inside insider insight instead interactive interview introduction is it it's "
    "just last late latest lead leader lesson letter letters line listen live look magazine map markets meet memo "
    "methodology minute more my news newsletter next no not note notebook notes notice now number obituary one only "
    "opinion or our overview part photo photos picture pictures play podcast poem points poll portrait press preview "
    "previously profile promo promoted pros question questions quick quiz quote quotes read reader's readers recap "
    "recipe recommended refile related release repeat report reporter's review roundup rumor sale schedule score "
    "second section see series so source sources special spoiler sponsored sports spotlight statement stay story "
    "subscribe summary survey takeaway takeaways talk the then there these they think third this tip tips to today "
    "tomorrow top trailer trending trigger two understanding up update updated updates urgent verdict version versus "
    "via video view viewpoint views vote warning was watch we weather webinar week weekend what what's when where "
    "which who why will wire with writer's yes yesterday you your "
    # German
    "achtung aktualisiert aktualisierung aktuell analyse anzeige bericht berichtigung bild bilder blitz chronik eil "
    "eilmeldung ein eine einordnung essay exklusiv exklusivinterview fakten faktencheck fazit galerie gastbeitrag "
    "glosse hintergrund hinweis interaktiv karte kolumne kommentar korrektur leitartikel leserbrief liveblog "
    "liveticker meinung meldung nachruf newsblog newsticker porträt protokoll reportage rezension sondersendung "
    "thema ticker und unser vorab warnung wer werbung wichtig wie wieso zusammenfassung überblick "
    # French
    "actualisé actualité alerte avis billet bonus chronique compte contexte correctif dernière direct dossier "
    "décryptage elle encadré enquête entretien erratum essentiel exclu exclusif exclusivité explication infographie "
    "infos jour lire mise mot nouveau nouveauté portfolio pourquoi précision publicité publireportage quand que qui "
    "rectificatif revue récap récit résumé sondage spécial tribune témoignage témoignages urgence verbatim vidéo "
    "vidéos vrai édito éditorial "
    # Spanish, Portuguese, Italian
    "actualización actualizado aggiornamento aggiornato alerta analisi anteprima análise análisis anúncio ao artigo "
    "atención atenção attenzione atualizado atualização aviso comentario comentário commento como corrección "
    "correção cronaca crónica crônica cuándo cómo directo diretta dónde editoriale ensayo entrevista esclusiva "
    "esclusivo especial exclusiva exclusivo explicación explicado explicador fotos galeria galería hora importante "
    "inchiesta intervista minuto nota noticia notícia opinione opinião opinión ora pela perché perfil por pubblicità "
    "publicidad publicidade quién qué reportagem reportaje resumen resumo retificação rettifica ritratto scheda siga "
    "speciale ultim'ora ultima ultimo urgente vivo vídeo última último "
    # Dutch, Swedish, Danish, Norwegian, Finnish, Polish, Turkish
    "achtergrond advertentie analiza analys analyysi annonce annons artikel baggrund bakgrund canlı commentaar "
    "dakika debat debatt direkt direkte ekskluzywne ekskluzywnie exclusief exklusivt felieton görüş güncelleme haber "
    "het ilan juuri komentarz kommentaari korjaus kronik krönika ledare leder lige liveblogg mening mielipide navn "
    "nieuws nu nyheter nyt nytt ook opdateret opinia opinie oppdatert pilne próbny rectificatie reklama reportaż "
    "rettelse rättelse röportaj röst samenvatting seneste siste son sprostowanie tekst tylko uitleg uppdaterad "
    "uppdatering uwaga wideo wywiad yazı yorum zdjęcia åsikt özel żywo "
    # Ukrainian, Russian
    "анализ аналитика аналіз аналітика блог важливо важно видео виправлення внимание відео главное головне "
    "громадська дайджест думка думки ексклюзив ефір ещё интервью инфографика исправление как колонка коментар "
    "комментарий коротко мнение молния молнія наживо новини новости обзор обновление обновлено огляд онлайн "
    "оновлення оновлено опитування опровержение опрос подкаст почему пояснення прямий прямой расследование "
    "редакционная редакційна реклама репортаж розслідування сегодня спецпроект спецпроєкт спростування срочно "
    "сьогодні термінова терміново только тільки увага уточнение уточнення факти факты фото фоторепортаж хроника "
    "хроніка це чому что що эксклюзив это эфир як інтерв'ю інфографіка".split()
)
TIMES = re.compile(rf"(?:{MONTHS}|{DAYS})", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_][\w’'`-]*")


def is_place(places: tuple[str, ...], rest: str, text: str) -> bool:
    """Tell whether capitals that begin a text before a dash can but be a place's name, though no list has it.

    `rest` is what follows the dash in its line. What the text goes on to write in capitals, or in small letters, is
    the short name of some body, or a common word.
    """
    first, words = places[0], WORD.findall(places[0])
    lone = len(words) == 1 and len(places) == 1 and len(first) < SHORTEST
    if not first.isupper() or not 1 <= len(words) <= MOST_WORDS or lone or min(map(len, words)) < 2:
        return False
    if any(
        word.casefold().replace("’", "'") in WORDS or TIMES.fullmatch(word)
        for part in places
        for word in WORD.findall(part)
    ):
        return False
    if rest[:1].islower() or len(rest.split()) < SPOKEN or rest.isupper():
        return False
    later = text.partition(rest[:40])[1:]
    told = "".join(later)[:MOST_LOOKED_AT]
    if first not in told and first.lower() not in told:
        return True
    return not re.search(rf"(?<!\w)(?:{re.escape(first)}|{re.escape(first.lower())})(?!\w)", told)
