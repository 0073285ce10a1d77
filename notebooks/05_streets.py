# ---
# jupyter:
#   jupytext:
#     formats: py:percent
# ---

# %% [markdown]
# # Along the streets
#
# **The question:** which streets, not which squares of a grid? Incidents happen along streets; a map of cells spreads them over
# blocks, rivers and railways.
#
# | | |
# |---|---|
# | Data | sample data of Belmara: synthetic, no personal data; your own by changing the first cell |
# | Legal basis | none needed for the sample; name yours with `ilp.open_case(...)` before anything leaves |
# | Time | 20 minutes |

# %%
import ilp_lab as ilp

INCIDENTS = ilp.samples.path("belmara/incidents.csv")  # your own file here
STREETS = ilp.samples.path("belmara/streets.geojson")  # an OpenStreetMap extract, shapefile, GeoPackage
CRS = "auto"  # or "EPSG:..." where a file does not say it
ALONG_M = 300

incidents, _ = ilp.intake.read_incidents(INCIDENTS, tz="UTC", crs=CRS)
streets, quality = ilp.intake.read_streets(STREETS, crs=CRS)
network = ilp.places.street_network(streets, split="crossings")
network

# %% [markdown]
# ## 1. Onto the street
#
# Each incident is put onto the nearest street. How far they had to be moved says whether addresses and streets fit together.

# %%
counted = ilp.places.street_counts(incidents, network, within_m=150)
print(counted.attrs["ilp_lab_noted"], counted.attrs["ilp_lab_left_out"])
counted.drop(columns="geometry").nlargest(8, "n")

# %% [markdown]
# ## 2. Per kilometre, with an interval
#
# Short segments have wild numbers per kilometre. The interval says which are really busier.

# %%
rates = ilp.places.rates(counted, population="length_km", per=1)
print(rates.explain())
rates.table.nlargest(8, "low").drop(columns="geometry").round(1)

# %% [markdown]
# ## 3. How few streets hold how much

# %%
share = ilp.places.concentration(counted, bootstrap=199, rng=7)
print(share.explain())
share.plot()

# %% [markdown]
# ## 4. Density along the streets, and whether it is more than chance
#
# At junctions the density is split among the streets, so that crossings are not hot by geometry. K along the streets compares with
# incidents thrown onto the same streets.

# %%
busiest = network.segments.loc[counted["n"].idxmax()].geometry.centroid.buffer(2500)
around = ilp.places.street_network(network.segments[network.segments.intersects(busiest)], split="none")
some = incidents.to_crs(network.segments.crs)
near = some[some.within(busiest)]
density = ilp.places.street_density(near, around, bandwidth_m=ALONG_M, within_m=150)
print(density.explain())
density.plot()

# %%
together = ilp.places.street_k(near.head(1500), around, within_m=150, simulations=39, rng=7)
print(together.explain())
together.plot()

# %% [markdown]
# ## What an analyst writes
#
# *A few per cent of the streets hold half of the incidents, and they keep together along the streets more than the street pattern
# explains. The nearest street is not always that of the address; the distances say how far to trust it.*
