"""German lines to sing, laid out like the English ones in `lines_en`.

Data only. `{it}` in refrains stands in the case that the idea wrote it in: the
accusative after "über" and "für", the dative after "von" and "mit".
"""

from __future__ import annotations

from collections.abc import Mapping

SCENES: Mapping[str, str] = {
    "beach": """
Die Fähre zieht hinaus aufs Meer
Der Strandkorb ist seit gestern leer
Die Möwen wissen immer mehr
Ein nasses Seil liegt an der Wand
Die Karte weich von all dem Sand
Das Wasser nimmt sich Stück um Stück vom Strand
Ein Boot kommt spät in dieser Nacht
Der Leuchtturm zählt und zählt und wacht
Der Wind hat alle Fenster aufgemacht""",
    "road": """
Im Handschuhfach liegt ein altes Blatt
Die nächste Ausfahrt führt in die Stadt
Ein Lied, das keinen Anfang hat
Die Felder haben alle Zeit
Die Straße läuft und wird nicht breit
Der nächste Ort ist gar nicht weit
Das Radio rauscht im leeren Wagen
Die Masten haben nichts zu sagen
Ein Laster will mich weitertragen""",
    "city": """
Die Straßenbahn fährt quietschend ein
Der Bäcker heizt im Lampenschein
Im Hof hängt Wäsche ganz allein
Der Nachbar übt auf dem Klavier
Am Kiosk gibt es Brot und Bier
Die Tauben streiten vor der Tür
Der letzte Bus fährt durch die Stadt
Wer friert, der stampft den Schneematsch platt
Ein Plakat, das keine Farben hat""",
    "rain": """
Die Rinne zählt den ganzen Regen
Ein Schirm kommt mir allein entgegen
Die Pfützen wollen sich bewegen
Zwei Tassen Tee im blassen Licht
Ich schreib am Fenster ein Gedicht
Der Himmel hält heut nicht mehr dicht
Die Stadt glänzt nass bis auf den Grund
Am Eingang schüttelt sich ein Hund
Der Wind pfeift mit gespitztem Mund""",
    "night": """
Ein Fenster brennt noch in der Nacht
Die Ampel hält für niemand Wacht
Der Mond hat sich davongemacht
Die Küchenuhr im blauen Licht
Ein Fuchs schaut her und rührt sich nicht
Der Kühlschrank summt, wenn keiner spricht
Die Treppe knarrt im ganzen Haus
Der späte Zug fährt langsam raus
Im Keller tanzt für sich die Maus""",
    "club": """
Der Bass kommt atmend durch die Tür
Die Jacke liegt schon lang nicht mehr hier
Ein fremder Spiegel tanzt mit mir
Der Stempel leuchtet auf der Hand
Der Schweiß läuft innen an der Wand
Wir tanzen alle ohne Verstand
Noch keiner geht in dieser Nacht
Wer hat das Licht so rot gemacht
Die Decke tropft, der Türsteher lacht""",
    "winter": """
Der Briefträger pfeift durch den Schnee
Zwei Hände wärmen sich am Tee
Ganz still liegt unterm Eis der See
Dein Schal ist immer noch von mir
Die Zeitung ist zwei Tage hier
Die Kälte klopft an unsre Tür
Die Dächer werden weiß und weit
Um vier beginnt die Dunkelheit
Der Schlitten steht am Zaun bereit""",
    "home": """
Der Kessel singt im ganzen Haus
Die Jacke zieht hier keiner aus
Die Katze schaut zum Garten hinaus
Am Kühlschrank hängt ein altes Blatt
Die Uhr, die keine Eile hat
Der Kuchen macht uns alle satt
Die Striche klettern an der Wand
Ein Apfel fällt mir in die Hand
Die Post kommt aus dem Nachbarland""",
}

STORIES: Mapping[str, tuple[str, str, str]] = {
    "longing": (
        """
Dein Handschuh liegt noch neben mir
Dein Mantel hängt seit Mai noch hier
Ich spiel für keinen auf dem Klavier
Ich wollt dir einen Witz noch sagen
Ich wollte dich so vieles fragen""",
        """
Komm mit mir durch die halbe Nacht
Ich hab dir einen Platz gemacht
Der Weg nach Haus ist doppelt weit
Ich halt dir deinen Stuhl bereit
Ich kenne jedes Wort von dir
Ein Teil von dir ist immer hier""",
        """
Ich hab dir einen Brief gebracht
In einer kalten Februarnacht
Und fällt dir einmal keiner ein
Mein Telefon wird wach noch sein""",
    ),
    "leaving": (
        """
Mein Koffer wartet an der Tür
Der Schlüssel passt nicht mehr zu mir
Ab morgen wohnt ein Fremder hier
Ich hab die Bilder abgemacht
Der Flur hat nur ganz leis gelacht""",
        """
Es fährt ein Zug, ich bin bereit
Bis zum Morgen ist es nicht weit
Behalt die Lampe und das Klavier
Das Beste bleibt ja doch bei dir
Ich dreh mich um, ich wink zurück
Ich nehm nur mit das kleinste Stück""",
        """
Ich war ein Kind in diesem Haus
So klein sah es noch niemals aus
Ich fürcht mich nicht, ich bin nur allein
Vielleicht wird es am Ende besser sein""",
    ),
    "together": (
        """
Du malst ein Fenster auf meine Hand
Wir sind die kleinste Band im Land
Du legst den Kopf an meine Wand
Du pfeifst daneben am Klavier
Du stiehlst die halbe Decke mir""",
        """
Bleib noch zum Abwasch und zum Wein
Dein Schatten passt in meinen rein
Wir nehmen den langen Weg durch die Nacht
Du hast die Küche hell gemacht
Ich frag nicht viel, ich bleib bei dir
Der Sommer wohnt seit gestern hier""",
        """
Und sind wir alt, dann tanzen wir
Ganz langsam um das alte Klavier
Ich dachte lang, so muss es sein
Dann kamst du summend zur Tür herein""",
    ),
    "joy": (
        """
Der Onkel tanzt durchs ganze Haus
Die Nachbarn holen Stühle raus
Wer sitzen bleibt, sieht müde aus
Wir hängen Lampen an die Wand
Ich hab noch Kuchen in der Hand""",
        """
Macht auf die Fenster, macht auf die Tür
Wer singen kann, der singt mit mir
Wir haben Zeit die ganze Nacht
Wer hat den Morgen mitgebracht
Kommt alle her, kommt noch mehr
Der Boden fliegt uns hinterher""",
        """
Die Arme hoch, ganz leis und dicht
Und jetzt, und jetzt, jetzt kommt das Licht
Es soll genau wie heute sein
Den Hut vom Fest, den pack ich ein""",
    ),
    "wonder": (
        """
Der Kessel singt sein kleines Lied
Ich schau, wie eine Wolke zieht
Es ist so schön, wenn nichts geschieht
Die Katze schläft auf meinem Tag
Ich weiß nicht mehr, woran es lag""",
        """
Atme ein, es ist noch Zeit
Der Tag ist still, der Tag ist weit
Ich muss heut nirgends anders sein
Der Morgen kommt von ganz allein
Das Wasser redet neben mir
Ich brauche nichts, ich bleibe hier""",
        """
Ich hatte Sorgen, schwer wie Stein
Jetzt passen sie in Taschen rein
Sie waren groß, jetzt sind sie klein
Vielleicht war es ja nur der Schein""",
    ),
    "defiance": (
        """
Du hängst ein Schloss an unsre Tür
Den Spruch kenn ich schon lang von dir
Was du da sagst, ist nur Papier
Du nahmst das Dach, ich hab die Wand
Die Farbe trocknet auf der Hand""",
        """
Wir haben Zeit die halbe Nacht
Ihr habt uns nicht leise gemacht
Ich dreh nicht um, ich bleibe hier
Schreibt es auf, schreibt es aufs Papier
Und wackelt auch die ganze Stadt
Ich hab das Bravsein lange satt""",
        """
Ich sag es freundlich, sag es dir
Ich sag es laut, jetzt stehn wir hier
Ich bin nicht halb und bin nicht klein
Ich pass in keine Schublade rein""",
    ),
}

ANSWERS = """
Wir singen es die ganze Nacht
Ich seh es noch im letzten Licht
Bis dahin ist es nicht mehr weit
Es klingt und klingt durchs ganze Haus
Ich wünsch mir davon immer mehr
Ich hör es laut im Gegenwind
Man hört es durch die halbe Stadt
Ich singe laut im größten Regen
Komm her und sing das Lied mit mir
Ich halt es fest in meiner Hand
Es geht mir gut, es geht mir gut
Ich geh damit nicht mehr allein
Ich krieg davon niemals genug
Es kommt zu mir am hellen Tag
Ich trag es durch den ersten Schnee
Ich hol es mir ein Stück zurück
Es geht im Kreis von Mund zu Mund
Ich find es wieder, selbst im Traum
Ich frag es jeden auf dem Weg
Für mich ist es ein ganzes Lied
Ich werd es weiter mit mir tragen
Ich kann es klar vor mir jetzt sehen
Und jeder kommt und singt mir nach
Ich hör den allerersten Ton
Ich wünsch mir nur, es würde bleiben
Ich singe es bis morgen
Ich trage es mitten im Herz
Ich sing es noch mein ganzes Leben"""

REFRAINS: Mapping[str, tuple[str, ...]] = {
    "longing": ("Ich denk an {it}", "Ich warte auf {it}"),
    "leaving": ("Ein letztes Lied für {it}", "Ich denk an {it}"),
    "together": ("Du und ich und ein Lied für {it}", "Ich sing ein Lied für {it}"),
    "joy": ("Wir singen heut für {it}", "Ein Hoch auf {it}"),
    "wonder": ("Ich denk an {it}", "Ein leises Lied für {it}"),
    "defiance": ("Ein lautes Lied für {it}", "Ich schrei ein Lied für {it}"),
}
"""For what stands in the accusative."""

DATIVE_REFRAINS: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    REFRAINS, ("Ich träume von {it}", "Erzähl mir von {it}")
)

HOOKS: Mapping[str, str] = {
    "beach": "Komm runter ans Wasser | Lass das Bootslicht an | Noch ein halber Sommer",
    "road": "Fahr, bis die Karte endet | Siebenhundert Kilometer du | Lass den Motor an",
    "city": "Die Stadt redet im Schlaf | Jedes Fenster spielt ein Stück | Wir treffen uns am "
            "Kiosk",
    "rain": "Lass es regnen, lass es regnen | Leih mir deinen halben Schirm | Sing es in die Rinne",
    "night": "Bleib wach, bleib wach mit mir | Ein Licht brennt noch im Haus | Die Nacht gehört "
             "den Füchsen",
    "club": "Lass die Nadel liegen | Näher an die Box | Halt die Nacht am Ärmel fest",
    "winter": "Halt das Feuer an | Der erste Schnee im Jahr | Komm mit mir über den See",
    "home": "Im Flur brennt immer Licht | Setz den Kessel auf, ich komme | Sonntag, bleib noch "
            "etwas hier",
}  # fmt: skip
