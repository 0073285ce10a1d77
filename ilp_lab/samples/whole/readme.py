"""What stands beside the files of the complete set."""

README = """\
# Belmara, complete

Three years of the fictional Republic of Belmara: 2.4 million people, four regions, fourteen districts, sixty-two local units.
Everything is made by a program from random numbers. No row describes a real person, place or event; names are put together
from syllables; coordinates lie in the open sea. `docs/belmara.md` describes every file and what is hidden in them.

| File | What |
|---|---|
| `incidents.csv` | 180,000 incidents, with the small faults that such files have |
| `stops.csv`, `operations.csv` | stops and searches; where an operation was, and what it is compared with |
| `areas`, `beats`, `districts`, `regions`, `streets` (geojson) | the land |
| `gazetteer.csv`, `census.csv`, `survey.csv` | addresses, residents, what residents answered (weights in `weight`) |
| `penal_code.csv`, `harm_index.csv`, `control_strategy.yml`, `requirements.csv` | the law, what offences weigh, what comes first |
| `reports.csv` | 9,000 graded intelligence reports |
| `entities.csv`, `links.csv` | 6,000 entities and 11,000 links, each known to one region |
| `persons.csv`, `holdings.csv` | registers of four regions; what is held about whom, and since when |
| `calls.csv`, `towers.csv`, `transactions.csv` | call records of a quarter, payments of a year |
| `referrals.csv` | people referred for help |
| `truth.sealed.json` | what is hidden, as salted digests: an answer can be checked, not read |

Times are local time, which is UTC all year. Look from 31 December 2025.
"""
