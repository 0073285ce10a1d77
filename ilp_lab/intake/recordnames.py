"""How the columns of call records, bank statements and lists of participants are called in use."""

from __future__ import annotations

from collections.abc import Mapping

CALL_NAMES: Mapping[str, tuple[str, ...]] = {
    "caller": (
        "caller", "callingnumber", "aparty", "apartynumber", "anumber", "callernumber", "callerid", "callingparty", "callingpartynumber",
        "from", "source", "origin", "originator", "msisdn", "subscriber", "subscribernumber", "servednumber", "servedmsisdn", "targetnumber",
        "targetno", "ownnumber", "rufer", "anrufer", "arufnummer", "арубанент", "pozivalac", "telefon",
    ),
    "receiver": (
        "receiver", "called", "callednumber", "bparty", "bpartynumber", "bnumber", "receivernumber", "recipient", "recipientid", "calledparty",
        "calledpartynumber", "callee", "to", "target", "destination", "destinationnumber", "dialednumber", "diallednumber", "otherparty",
        "otherpartynumber", "contactnumber", "correspondent", "destip", "destinationip", "destip address", "publicip", "brufnummer", "gerufener",
    ),
    "started_at": (
        "startedat", "datetime", "calldatetime", "timestamp", "startdatetime", "calldate", "startdate", "date", "dateofcall", "callstart",
        "starttime", "eventtime", "eventdate", "when", "datum", "дата", "fecha", "calltime",
    ),
    "time": ("time", "starttime", "calltime", "timeofcall", "hour", "uhrzeit", "время", "vreme", "calltimehhmmss", "callstarttime"),
    "duration_s": (
        "durations", "duration", "callduration", "durationseconds", "durationsec", "durationinseconds", "calldurationseconds", "dur",
        "seconds", "talktime", "durationsecs", "dauer", "trajanje", "durationmin", "durationminutes", "durationinminutes",
    ),
    "ended_at": ("endedat", "enddatetime", "endtime", "callend", "enddate"),
    "tower": (
        "tower", "towerid", "celltower", "cellid", "firstcellid", "firstcell", "firstcgi", "cgi", "cell", "cellidstart", "startcell",
        "startcellid", "antennaid", "antenna", "siteid", "site", "mast", "bts", "ecgi", "firstcellida", "firsttower", "callertower", "celltowerid",
    ),
    "tower_end": ("towerend", "lastcellid", "lastcell", "lastcgi", "endcell", "endcellid", "lasttower", "cellidend", "lastcellida"),
    "imei": ("imei", "imeinumber", "imeino", "handset", "equipmentid", "deviceid", "imeia"),
    "imsi": ("imsi", "imsinumber", "imsino", "simid", "imsia"),
    "direction": ("direction", "calldirection", "inout", "incomingoutgoing", "directionofcall"),
    "kind": ("kind", "calltype", "type", "servicetype", "service", "usagetype", "eventtype", "recordtype", "callservice", "txntype", "art"),
    "handling": ("handling", "handlingcode"),
}  # fmt: skip
TRANSACTION_NAMES: Mapping[str, tuple[str, ...]] = {
    "payer": (
        "payer", "fromaccount", "sender", "senderaccount", "originator", "debtor", "debtoraccount", "sourceaccount", "from", "source",
        "nameorig", "callerid", "remitter", "orderingaccount", "auftraggeber", "fromiban", "debitaccount", "senderid", "originaccount", "payerid",
    ),
    "payee": (
        "payee", "toaccount", "beneficiary", "beneficiaryaccount", "receiver", "receiveraccount", "creditor", "creditoraccount",
        "targetaccount", "destinationaccount", "to", "target", "namedest", "recipient", "recipientid", "empfaenger", "empfänger", "toiban",
        "creditaccount", "receiverid", "payeeid",
    ),
    "account": ("account", "accountnumber", "accountno", "iban", "ownaccount", "konto", "kontonummer", "racun", "счет"),
    "counterparty": ("counterparty", "counterpartyaccount", "otheraccount", "contraaccount", "gegenkonto", "partner", "counterpartyiban"),
    "amount": ("amount", "value", "transactionamount", "sum", "amt", "betrag", "iznos", "сумма", "importe", "amountpaid", "txnamount"),
    "debit": ("debit", "withdrawal", "withdrawals", "moneyout", "paidout", "debitamount", "soll", "outflow"),
    "credit": ("credit", "deposit", "deposits", "moneyin", "paidin", "creditamount", "haben", "inflow"),
    "direction": ("direction", "debitcredit", "drcr", "creditdebit", "dc", "crdr", "sign", "creditdebitindicator"),
    "currency": ("currency", "ccy", "waehrung", "währung", "valuta"),
    "booked_at": (
        "bookedat", "datetime", "timestamp", "transactiondate", "bookingdate", "date", "valuedate", "postingdate", "txndate", "bookedon",
        "datum", "buchungstag", "дата", "fecha", "when", "transactiontime",
    ),
    "time": ("time", "transactiontime", "timeofday", "uhrzeit", "bookingtime"),
    "kind": ("kind", "type", "transactiontype", "txntype", "channel", "method", "buchungsart", "category"),
    "purpose": ("purpose", "description", "details", "narrative", "memo", "text", "verwendungszweck", "remittanceinformation", "svrha"),
    "handling": ("handling", "handlingcode"),
}  # fmt: skip
EVENT_NAMES: Mapping[str, tuple[str, ...]] = {
    "person": (
        "person", "personid", "offenderid", "offender", "suspectid", "suspect", "nominal", "nominalid", "actor", "actorid", "subject",
        "subjectid", "name", "participant", "member", "startid", "source", "from", "entityid", "individual", "pid",
    ),
    "event": (
        "event", "eventid", "crimeid", "incidentid", "crime", "incident", "offenceid", "offenseid", "casenumber", "caseid", "case", "arrestid",
        "urn", "meeting", "reportid", "endid", "target", "to", "group", "groupid", "company", "flight",
    ),
    "role": ("role", "involvement", "rolein", "part", "capacity", "relation", "type"),
    "occurred_at": ("occurredat", "date", "eventdate", "datetime", "crimedate", "incidentdate", "when", "datum", "timestamp", "start"),
    "time": ("time", "eventtime"),
    "offence": ("offence", "offense", "crimetype", "offencetype", "eventtype", "kind", "primarytype"),
    "category": ("category", "subjectcategory", "status"),
    "handling": ("handling", "handlingcode"),
}  # fmt: skip
