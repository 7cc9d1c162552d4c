#!/usr/bin/env python3
"""The counterparties of the gateway's kill test: a FIX 4.4 order venue (acceptor) and an order client (initiator) in one process.

    venue.py --venue-port 9882 --venue-comp VENUE --gateway 127.0.0.1:9880 --client-comp CLIENT1 --gateway-comp HEADRACE

Either side may be left out. Commands are JSON lines on standard input, answers JSON lines on standard output:

    {"cmd":"start","rate":1000,"orders":5000}   send orders (no "orders": until paused)
    {"cmd":"pause"}                             stop sending new ones
    {"cmd":"status"}                            one line {"event":"status", ...}: which sessions are up, cheap enough to ask often
    {"cmd":"cut","side":"client"}               abort the TCP connection of "client" or "venue"; a client connects again by itself
    {"cmd":"orders"}                            one line: each new order of the client with the state it was last told
    {"cmd":"report"}                            one line {"event":"report", ...}; see Report below
    {"cmd":"quit"}                              report and exit; so do SIGTERM and the end of standard input

How an order at the venue is recognised as the client's: its Text (58) if the gateway forwards it, else its content. Each new
order has a Text of its own ("o17") and a (Symbol, Side, OrderQty, Price) of its own: OrderQty is 1 + n mod 500 and the
price rises by one tick each 500 orders. A cancel or replace is recognised by the order it names and its kind; the client sends
at most one of each for an order.
"""

import argparse
import asyncio
import json
import signal
import sys
import time

import fix44

IDS_LISTED_MAX = 50


def shortened(ids):
    ids = sorted(ids)
    return ids[:IDS_LISTED_MAX]


def content_of(symbol, side, quantity, price):
    return (symbol, side, f"{float(quantity):.8f}", f"{float(price):.8f}")


class VenueOrder:
    def __init__(self, cl_ord_id, message):
        self.cl_ord_id = cl_ord_id
        self.text = message.get("58")
        self.content = content_of(message["55"], message["54"], message["38"], message.get("44", "0"))
        self.symbol, self.side = message["55"], message["54"]
        self.quantity, self.cumulative = float(message["38"]), 0.0
        self.price = message.get("44", "0")
        self.closed = False
        self.order_id = ""


class Venue:
    """Takes orders, acknowledges and fills them, and remembers under which numbers each ClOrdID came."""

    def __init__(self, comp_id, fill_every):
        self.comp_id, self.fill_every = comp_id, fill_every
        self.sessions = {}
        self.receipts = []  # (session, MsgSeqNum, MsgType, ClOrdID, PossDup, PossResend)
        self.orders = {}  # venue ClOrdID -> VenueOrder, replaces move it
        self.first = {}  # ClOrdID of each NewOrderSingle -> VenueOrder
        self.changes = []  # (kind, VenueOrder) of cancels and replaces
        self.executions = 0
        self.repeated = 0

    def find_session(self, sender, target):
        if target != self.comp_id:
            return None
        if sender not in self.sessions:
            self.sessions[sender] = fix44.Session(target, sender, self.on_application)
        return self.sessions[sender]

    def on_application(self, session, message, first):
        kind = message["35"]
        if kind not in ("D", "F", "G"):
            return
        self.receipts.append(
            (session.target, int(message["34"]), kind, message["11"], message.get("43") == "Y", message.get("97") == "Y")
        )
        if not first:
            return
        {"D": self.on_new, "F": self.on_cancel, "G": self.on_replace}[kind](session, message)

    def report(self, session, order, exec_type, status, extra=()):
        self.executions += 1
        leaves = 0 if order.closed else order.quantity - order.cumulative
        session.send(
            "8",
            [
                (37, order.order_id),
                (11, order.cl_ord_id),
                (17, f"VE{self.executions}"),
                (150, exec_type),
                (39, status),
                (55, order.symbol),
                (54, order.side),
                (38, f"{order.quantity:g}"),
                (44, order.price),
                (151, f"{leaves:g}"),
                (14, f"{order.cumulative:g}"),
                (6, order.price if order.cumulative else "0"),
                (60, fix44.utc_now()),
                *extra,
            ],
        )

    def on_new(self, session, message):
        cl_ord_id = message["11"]
        if cl_ord_id in self.orders:
            self.repeated += 1
            return
        order = VenueOrder(cl_ord_id, message)
        self.orders[cl_ord_id] = self.first[cl_ord_id] = order
        number = len(self.first)
        order.order_id = f"VO{number}"
        self.report(session, order, "0", "0")
        if self.fill_every and number % self.fill_every == 0:
            self.fill(session, order)

    def fill(self, session, order):
        """Two executions where the quantity allows it, so that partial fills are part of the test."""
        half = order.quantity // 2
        for quantity in [half, order.quantity - half] if half > 0 else [order.quantity]:
            order.cumulative += quantity
            order.closed = order.cumulative >= order.quantity
            extra = [(32, f"{quantity:g}"), (31, order.price)]
            self.report(session, order, "F", "2" if order.closed else "1", extra)

    def on_cancel(self, session, message):
        order = self.orders.get(message["41"])
        if order is not None:
            self.changes.append(("F", order))
        if order is None or order.closed:
            return self.refuse_change(session, message, order, "1")
        order.cl_ord_id, order.closed = message["11"], True
        self.orders[message["11"]] = order
        self.report(session, order, "4", "4", [(41, message["41"])])

    def on_replace(self, session, message):
        order = self.orders.get(message["41"])
        if order is not None:
            self.changes.append(("G", order))
        if order is None or order.closed:
            return self.refuse_change(session, message, order, "2")
        order.cl_ord_id = message["11"]
        order.quantity, order.price = float(message["38"]), message.get("44", order.price)
        self.orders[message["11"]] = order
        self.report(session, order, "5", "1" if order.cumulative else "0", [(41, message["41"])])

    def refuse_change(self, session, message, order, response_to):
        order_id, status = ("NONE", "8") if order is None else (order.order_id, "2")
        session.send(
            "9",
            [(37, order_id), (11, message["11"]), (41, message["41"]), (39, status), (434, response_to), (102, 0), (58, "too late")],
        )

    def summary(self):
        numbers, unflagged = {}, {}
        for session, seq, _, cl_ord_id, poss_dup, _ in self.receipts:
            numbers.setdefault(cl_ord_id, set()).add((session, seq))
            if not poss_dup:
                unflagged.setdefault(cl_ord_id, set()).add((session, seq))
        kinds = [kind for _, _, kind, _, _, _ in self.receipts]
        return {
            "received": {kind: kinds.count(kind) for kind in "DFG"},
            "possDup": sum(receipt[4] for receipt in self.receipts),
            "possResend": sum(receipt[5] for receipt in self.receipts),
            "orders": len(self.first),
            "repeatedClOrdId": self.repeated,
            "doubled": shortened(i for i, seqs in unflagged.items() if len(seqs) > 1),
            "underTwoNumbers": shortened(i for i, seqs in numbers.items() if len(seqs) > 1),
            "executions": self.executions,
            "sessions": {
                name: {"nextIn": s.next_in, "nextOut": s.next_out, **s.counts} for name, s in self.sessions.items()
            },
        }


class ClientOrder:
    def __init__(self, kind, text, content, of=None):
        self.kind, self.text, self.content, self.of = kind, text, content, of
        self.seq, self.account = 0, None
        self.status, self.cumulative = None, 0.0
        self.answers = 0
        self.refusal = None
        self.changed = False


class Client:
    """Sends orders at a rate while logged on, repeats them when asked, and remembers every answer."""

    def __init__(self, options):
        self.options = options
        self.session = fix44.Session(options.client_comp, options.gateway_comp, self.on_application)
        self.orders = {}  # ClOrdID -> ClientOrder
        self.by_number = {}  # MsgSeqNum -> ClientOrder, for rejects that name no order
        self.execution_numbers = {}  # ExecID -> MsgSeqNums without PossDup
        self.unknown_answers = 0
        self.rate, self.left, self.most_unanswered = 0.0, None, None
        self.budget = 0.0

    def on_application(self, session, message, first):
        if message["35"] not in ("8", "9", "3", "j"):
            return
        if message["35"] == "8" and message.get("43") != "Y":
            self.execution_numbers.setdefault(message["17"], set()).add(int(message["34"]))
        if first and not self.answer(message):
            self.unknown_answers += 1

    def answer(self, message):
        """Notes an ExecutionReport, OrderCancelReject or reject at the order it names."""
        named = message.get("11") or message.get("379")
        order = self.orders.get(named) if named else self.by_number.get(int(message.get("45", 0)))
        if order is None:
            return False
        order.answers += 1
        if message["35"] != "8":
            order.status = "8"
            order.refusal = message.get("58", "")
            return True
        order.status = message["39"]
        if message["39"] == "8":
            order.refusal = message.get("58", "")
        target = order.of or order
        target.cumulative = max(target.cumulative, float(message.get("14", "0")))
        if order.of is not None:
            target.status = message["39"]
        return True

    def start(self, rate, count, most_unanswered=None):
        """Sends `count` orders (None: without end) at `rate` a second, waiting while `most_unanswered` have no answer."""
        self.rate, self.left, self.budget = rate, count, 0.0
        self.most_unanswered = most_unanswered

    def pause(self):
        self.rate = 0.0

    def send_due(self, elapsed_s):
        if not self.session.logged_on or self.rate <= 0:
            self.budget = 0.0
            return
        self.budget = min(self.budget + elapsed_s * self.rate, 200.0)
        while self.budget >= 1 and self.left != 0 and not self.waits():
            self.budget -= 1
            self.send_next()
            self.left = None if self.left is None else self.left - 1

    def waits(self):
        return self.most_unanswered is not None and self.unanswered() >= self.most_unanswered

    def unanswered(self):
        return sum(order.answers == 0 for order in self.orders.values())

    def send_next(self):
        number, every = len(self.orders), self.options.change_every
        if every and number and number % every == 0 and self.change():
            return
        self.new_order(number)

    def new_order(self, number):
        accounts, symbols = self.options.accounts, self.options.symbols
        symbol, side = symbols[number % len(symbols)], "12"[number // len(symbols) % 2]
        quantity, price = 1 + number % 500, self.options.price + self.options.tick * (number // 500)
        cl_ord_id, text = f"c{number}", f"o{number}"
        order = ClientOrder("D", text, content_of(symbol, side, quantity, f"{price:.2f}"))
        self.orders[cl_ord_id] = order
        account = accounts[number % len(accounts)]
        fields = [(11, cl_ord_id), (1, account), (21, 1), (55, symbol), (54, side), (60, fix44.utc_now())]
        order.seq = self.session.send("D", [*fields, (38, quantity), (40, 2), (44, f"{price:.2f}"), (59, 0), (58, text)])
        order.account = account
        self.by_number[order.seq] = order

    def change(self):
        """Cancels, or every second time replaces, the latest order that rests at the venue. False when none does."""
        for cl_ord_id, order in reversed(list(self.orders.items())[-500:]):
            if order.kind == "D" and order.status == "0" and not order.changed:
                self.send_change(cl_ord_id, order)
                return True
        return False

    def send_change(self, orig_cl_ord_id, of):
        of.changed = True
        number = len(self.orders)
        kind = "F" if number // self.options.change_every % 2 else "G"
        cl_ord_id = f"c{number}"
        symbol, side, quantity, price = of.content
        order = ClientOrder(kind, None, of.content, of)
        self.orders[cl_ord_id] = order
        fields = [(41, orig_cl_ord_id), (11, cl_ord_id), (1, of.account), (55, symbol), (54, side), (60, fix44.utc_now())]
        quantity_fields = [(38, f"{float(quantity):g}")]
        if kind == "G":
            quantity_fields = [(21, 1), (38, f"{float(quantity) + 1:g}"), (40, 2), (44, f"{float(price):.2f}"), (59, 0)]
        order.seq = self.session.send(kind, [*fields, *quantity_fields])
        self.by_number[order.seq] = order

    def summary(self):
        orders = self.orders
        return {
            "sent": len(orders),
            "answered": sum(order.answers > 0 for order in orders.values()),
            "acknowledged": sum(order.answers > 0 and order.status != "8" for order in orders.values()),
            "refused": sum(order.refusal is not None for order in orders.values()),
            "refusals": shortened({order.refusal for order in orders.values() if order.refusal is not None})[:10],
            "unanswered": shortened(i for i, order in orders.items() if order.answers == 0),
            "unansweredCount": self.unanswered(),
            "unknownAnswers": self.unknown_answers,
            "executionsTwice": shortened(i for i, seqs in self.execution_numbers.items() if len(seqs) > 1),
            "nextIn": self.session.next_in,
            "nextOut": self.session.next_out,
            **self.session.counts,
        }


FINAL = {"2", "3", "4", "8", "C"}  # Filled, Done for day, Canceled, Rejected, Expired


def reconcile(client, venue):
    """Compares what the client sent and heard with what came to the venue.

    lost                 neither at the venue nor answered to the client
    doubledOrders        one order of the client under two venue ClOrdIDs
    vanished             told to the client as open, never at the venue
    quantityMismatch     at the venue, but the client heard another CumQty than the venue gave (after all is settled)
    """
    by_text, by_content = {}, {}
    for venue_id, order in venue.first.items():
        by_text.setdefault(order.text, []).append((venue_id, order))
        by_content.setdefault(order.content, []).append((venue_id, order))
    at_venue, changes = {}, {}
    for cl_ord_id, order in client.orders.items():
        if order.kind == "D":
            at_venue[cl_ord_id] = by_text.get(order.text) or by_content.get(order.content) or []
    identity = {id(found): cl_ord_id for cl_ord_id, all_found in at_venue.items() for _, found in all_found}
    for kind, order in venue.changes:
        key = (kind, identity.get(id(order)))
        changes[key] = changes.get(key, 0) + 1
    names = {id(order): cl_ord_id for cl_ord_id, order in client.orders.items()}
    for cl_ord_id, order in client.orders.items():
        if order.kind != "D":
            at_venue[cl_ord_id] = [None] * changes.get((order.kind, names[id(order.of)]), 0)
    mismatch = [
        cl_ord_id
        for cl_ord_id, order in client.orders.items()
        if order.kind == "D" and at_venue[cl_ord_id] and abs(at_venue[cl_ord_id][0][1].cumulative - order.cumulative) > 1e-9
    ]
    lost = [i for i, order in client.orders.items() if not at_venue[i] and order.answers == 0]
    vanished = [
        i for i, o in client.orders.items() if o.kind == "D" and not at_venue[i] and o.answers and o.status not in FINAL
    ]
    return {
        "atVenue": sum(1 for found in at_venue.values() if found),
        "atVenueUnanswered": shortened(i for i, o in client.orders.items() if at_venue[i] and o.answers == 0),
        "lost": shortened(lost),
        "lostCount": len(lost),
        "doubledOrders": shortened(i for i, found in at_venue.items() if len(found) > 1),
        "vanished": shortened(vanished),
        "quantityMismatch": shortened(mismatch),
        "quantityMismatchCount": len(mismatch),
        "foreignAtVenue": sum(1 for order in venue.first.values() if id(order) not in identity),
    }


class Counterparties:
    def __init__(self, options):
        self.options = options
        self.venue = Venue(options.venue_comp, options.fill_every) if options.venue_port is not None else None
        self.client = Client(options) if options.gateway else None
        self.done = asyncio.Event()

    def report(self):
        report = {"event": "report"}
        if self.client:
            report["client"] = self.client.summary()
        if self.venue:
            report["venue"] = self.venue.summary()
        if self.client and self.venue:
            report.update(reconcile(self.client, self.venue))
            report["doubled"] = report["venue"]["doubled"]
        return report

    def status(self):
        venue_up = [session.logged_on for session in self.venue.sessions.values()] if self.venue else []
        return {
            "event": "status",
            "clientUp": self.client is not None and self.client.session.logged_on,
            "venueUp": any(venue_up),
            "sent": len(self.client.orders) if self.client else 0,
        }

    def cut(self, side):
        """The connections end at once; bytes under way are lost."""
        sessions = [self.client.session] if side == "client" else list(self.venue.sessions.values())
        for session in sessions:
            if session.writer is not None:
                session.writer.transport.abort()

    def told(self):
        """ClOrdID of each new order -> [OrdStatus and CumQty last told, ClOrdIDs of its cancel or replace]."""
        orders = self.client.orders
        told = {i: [order.status, order.cumulative, []] for i, order in orders.items() if order.kind == "D"}
        names = {id(order): i for i, order in orders.items()}
        for i, order in orders.items():
            if order.of is not None:
                told[names[id(order.of)]][2].append(i)
        return {"event": "orders", "orders": told}

    def command(self, line):
        command = json.loads(line)
        name = command.get("cmd")
        if name == "status":
            return self.status()
        if name == "orders" and self.client:
            return self.told()
        if name == "start" and self.client:
            self.client.start(float(command.get("rate", 100)), command.get("orders"))
        elif name == "pause" and self.client:
            self.client.pause()
        elif name == "cut":
            self.cut(command.get("side"))
        elif name == "report":
            return self.report()
        elif name == "quit":
            self.done.set()
            return None
        return {"event": "ok", "cmd": name}

    async def read_commands(self):
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            answer = self.command(line)
            if answer is not None:
                say(answer)
        self.done.set()

    async def tick(self):
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.005)
            now = time.monotonic()
            if self.client:
                self.client.send_due(now - last)
                self.client.session.tick()
            if self.venue:
                for session in list(self.venue.sessions.values()):
                    session.tick()
            last = now

    async def run(self):
        tasks = [asyncio.create_task(self.read_commands()), asyncio.create_task(self.tick())]
        if self.venue:
            server = await fix44.accept(self.venue.find_session, "127.0.0.1", self.options.venue_port)
            say({"event": "listening", "port": server.sockets[0].getsockname()[1]})
        if self.client:
            host, _, port = self.options.gateway.partition(":")
            tasks.append(asyncio.create_task(fix44.initiate(self.client.session, host, int(port))))
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.done.set)
        await self.done.wait()
        say(self.report())
        for task in tasks:
            task.cancel()


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def parse(arguments):
    parser = argparse.ArgumentParser(description="venue and order client of the kill test")
    parser.add_argument("--venue-port", type=int, help="listen here as the venue; 0 = any, printed")
    parser.add_argument("--venue-comp", default="VENUE")
    parser.add_argument("--gateway", help="host:port to send orders to")
    parser.add_argument("--client-comp", default="CLIENT1")
    parser.add_argument("--gateway-comp", default="HEADRACE")
    parser.add_argument("--accounts", default="A001", type=lambda text: text.split(","))
    parser.add_argument("--symbols", default="IBM", type=lambda text: text.split(","))
    parser.add_argument("--price", type=float, default=50.0, help="of the first 500 orders")
    parser.add_argument("--tick", type=float, default=0.01)
    parser.add_argument("--fill-every", type=int, default=2, help="the venue fills each such order; 0 = none")
    parser.add_argument("--change-every", type=int, default=0, help="each such message cancels or replaces; 0 = none")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    asyncio.run(Counterparties(parse(sys.argv[1:])).run())
