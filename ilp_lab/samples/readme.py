"""The page beside the data."""

from __future__ import annotations

README = """\
# Republic of Belmara: sample data

Belmara is a country that does not exist. It has four regions (Tarn with the capital, Selin on the coast, Orrin in the
uplands, Dovar on the eastern border), 14 districts and 62 local units with 2.4 million people, and two neighbours,
Kestria and Ruvania. It lies on open sea. People, streets and firms have names made from syllables.

**Legal basis:** none needed; the data are synthetic and hold no personal data.
**Licence:** CC0 1.0. Do with it what you like.
**Made by:** `python -m ilp_lab.samples belmara <folder>`, which writes the same bytes on every machine.

Coordinates are longitude and latitude (EPSG:4326); UTM zone 26 north fits in metres. Times are local times without a
zone; Belmara keeps UTC all year.

| File | Rows | What |
|---|---|---|
| `areas.geojson` | 62 | Local units: `area` (code), `name`, `district`, `region`, `population`. Neighbours share their border exactly. |
| `streets.geojson` | about 1,350 | Streets, arteries and roads: `street_id`, `name`, `kind`, `area` |
| `incidents.csv` | 52,000 | Recorded incidents 2023-2025 |
| `incidents_messy.csv` | 1,500 | Another agency's layout, with faults to find |
| `burglaries_solved.csv` | about 390 | Burglaries of 2024 in the capital with their manner; most are solved |
| `entities.csv`, `links.csv` | about 260 and 700 | A link chart: persons, phones, vehicles, accounts, places, firms |
| `calls.csv`, `towers.csv` | about 8,760 and 44 | Call records of three months and the masts they name |
| `transactions.csv` | about 5,480 | Payments of half a year between 150 accounts |
| `co_offences.csv` | about 2,975 | Who was recorded in which event, and as what |
| `reports.csv` | 120 | Intelligence reports of eight units with grades, handling codes and who draws on whom |
| `threat_matrix.csv` | 190 | Five fictional groups scored by two assessors on nineteen indicators |
| `harm_index.csv` | 12 | Fictional harm weight of each offence, in days |
| `truth.sealed.json` | | What was planted, as digests: `ilp.samples.fits_truth` says whether an answer is right. Trainers open it with `ilp.samples.belmara_truth()`. |

## incidents.csv
`incident_id` (empty for some minor records) · `offence` · `occurred_at` (the earliest it can have happened) ·
`occurred_to` (the latest, where only a window is known) · `reported_at` · `longitude` · `latitude` · `area` · `address` ·
`status`.
Some rows have no coordinates, some stand at 0/0, some at midnight for want of a time, some carry the wrong area, and
some rows without a number are there twice.

## incidents_messy.csv
Semicolons, code page 1252, decimal commas, dates as DD.MM.YYYY, times as whole numbers (930 is 09:30, 5 is 00:05).
Among the faults: a block with latitude and longitude swapped, windows that end before they start, a date that does not
exist, duplicates, and text that a careless program would run.

## burglaries_solved.csv
Beside place and time: `entry`, `tool`, `search` (the manner, empty where the report does not say) and `offender`, an opaque
number that says only which burglaries have an offender in common; several are separated by a semicolon, empty is unsolved.

## entities.csv and links.csv
Entities: `entity_id`, `kind`, `label`, `category` (of persons: suspect, convicted, victim, witness, other party),
`handling` (H0 to H3). Links: `source`, `target`, `kind`, `strength` (more means closer: calls, meetings, payments),
`start`, `end`, `reference` (number of the report, never the person who told), `source_grade` (A, B, C, X),
`information_grade` (1 to 4), `handling`.
Victims and witnesses are on the chart because they were in the reports. They are not to be ranked.

## calls.csv and towers.csv
An operator's layout: `calling_number`, `called_number` (written in several ways), `date` (DD.MM.YYYY), `time`, `duration_s`,
`call_type` (CALL, SMS), `cell_id` (empty for some), `imei` of the one who calls. Some calls stand twice. Towers: `cell_id`,
`longitude`, `latitude`, `area`. Numbers begin with 999, the code of no country; handsets are of a make that does not exist.

## transactions.csv
`booked_at`, `from_account`, `to_account` (one of them empty: cash), `amount`, `currency` (BMC), `kind`, `purpose`. Payments from
10,000 on are reported. Two employers pay wages at the end of each month, which looks like a pattern and is none.

## co_offences.csv
`person_id`, `event_id`, `date` (DD/MM/YYYY), `offence`, `role` (suspect, victim, witness): one row per person and event.

## reports.csv
The fields of an intelligence report, as `records.from_frame(table, form="IntelligenceReport")` reads them: `report_id`, `scheme`
(4x4, some 3x5x2, one 6x6), `originator_unit`, `source_ref` (a number, never a name), `text` (one fact), `statement_type`,
`source_grade`, `information_grade`, `corroborated_by`, `cites`, `handling`, `review_date` and more. Review dates lie far ahead so that
the set does not go stale; a few are due. Some reports are not what they seem.

## threat_matrix.csv
`item` (group), `indicator` (short names of the Sleipnir-type set), `level` (nil, low, medium, high, unknown), `evidence` (number of a
report), `confidence`, `assessor`, `assessed_on`, as `threats.matrix` reads them.
"""
