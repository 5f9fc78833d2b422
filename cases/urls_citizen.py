"""Addresses of what everybody reads of the cases, and of the citizen's own: in every language, like /bem/track/."""

from django.urls import path

from cases.views import data_rights, ledger, letter, open_data, public, published

app_name = "citizen"
urlpatterns = [
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/<int:number>/", ledger.anchor, name="anchor"),
    path("data-protection/", data_rights.register, name="register"),
    path("data/", open_data.data, name="data"),
    path("figures/", published.figures, name="published_all"),
    path("figures/<str:month>/", published.newest, name="published_newest"),
    path("figures/<str:month>/v<int:version>/", published.release, name="published"),
    path(
        "figures/<str:month>/v<int:version>/<str:stretch>/<slug:table>/<slug:figure>/", published.table, name="figure"
    ),
    path("track/", public.track, name="track"),
    path("track/code/", public.send_code, name="track_code"),
    path("track/case/", public.track_case, name="track_case"),
    path("track/case/letter/", letter.for_the_citizen, name="track_letter"),
    path("track/case/proof/", ledger.proof, name="track_proof"),
    path("track/case/<slug:step>/", public.act, name="track_act"),
    path("track/finish/", public.finish, name="track_finish"),
]
