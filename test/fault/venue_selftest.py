#!/usr/bin/env python3
"""Tries venue.py against gateways whose behaviour is known: a good one that is cut off again and again, and four bad ones."""

import argparse
import asyncio
import json
import random

import fix44
import venue


class FakeGateway:
    """Forwards orders under ids of its own and reports back. Its state outlives its connections, as a journal would make it."""

    def __init__(self, fault, venue_port):
        self.fault, self.venue_port = fault, venue_port
        self.client = fix44.Session("HEADRACE", "CLIENT1", self.on_client)
        self.venue = fix44.Session("HEADRACE", "VENUE", self.on_venue)
        self.to_client, self.to_venue = {}, {}
        self.ids = 0

    async def run(self):
        find = lambda sender, target: self.client if (sender, target) == ("CLIENT1", "HEADRACE") else None
        server = await fix44.accept(find, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self.task = asyncio.create_task(fix44.initiate(self.venue, "127.0.0.1", self.venue_port, 0.01))

    def crash(self):
        """Both connections end at once; bytes under way are lost."""
        for session in (self.client, self.venue):
            if session.writer is not None:
                session.writer.transport.abort()

    def next_id(self, client_id):
        self.ids += 1
        venue_id = f"G{self.ids}"
        self.to_client[venue_id], self.to_venue[client_id] = client_id, venue_id
        return venue_id

    def on_client(self, _, message, first):
        if not first:
            return
        faulty = self.fault is not None and message["35"] == "D" and (self.ids + 1) % 40 == 0
        venue_id = self.next_id(message["11"])
        fields = [(11, venue_id)] + [(int(tag), message[tag]) for tag in ("1", "55", "54", "38", "40", "44") if tag in message]
        if "41" in message:
            fields.append((41, self.to_venue[message["41"]]))
        if faulty and self.fault == "lose":
            return
        if faulty and self.fault == "vanish":
            report = [(37, "X"), (11, message["11"]), (17, "X" + venue_id), (150, "0"), (39, "0"), (14, "0"), (151, "1")]
            self.client.send("8", report)
            return
        self.venue.send(message["35"], fields)
        if faulty and self.fault == "number":
            self.venue.send(message["35"], fields)
        if faulty and self.fault == "order":
            self.venue.send(message["35"], [(11, self.next_id(message["11"])), *fields[1:]])

    def on_venue(self, _, message, first):
        if not first:
            return
        fields = [(11, self.to_client[message["11"]])]
        fields += [(int(t), message[t]) for t in ("37", "17", "150", "39", "14", "151", "434", "102", "58") if t in message]
        if "41" in message:
            fields.append((41, self.to_client[message["41"]]))
        self.client.send(message["35"], fields)


async def episode(fault, crashes, orders=400):
    options = venue.parse(["--venue-port", "0", "--gateway", "-", "--symbols", "IBM,SAP", "--change-every", "7", "--fill-every", "3"])
    sides = venue.Counterparties(options)
    server = await fix44.accept(sides.venue.find_session, "127.0.0.1", 0)
    gateway = FakeGateway(fault, server.sockets[0].getsockname()[1])
    await gateway.run()
    tasks = [gateway.task, asyncio.create_task(sides.tick())]
    tasks.append(asyncio.create_task(fix44.initiate(sides.client.session, "127.0.0.1", gateway.port, 0.01)))
    # Only an answered order can be cancelled or replaced: a machine too busy to answer must not make the changes fewer.
    sides.client.start(2000, orders, most_unanswered=40)
    for _ in range(crashes):
        await asyncio.sleep(random.uniform(0.02, 0.08))
        gateway.crash()
    for _ in range(200):
        await asyncio.sleep(0.05)
        report = sides.report()
        if report["client"]["sent"] == orders and report["client"]["unansweredCount"] == 0 and not report["quantityMismatch"]:
            break
        if fault is not None and _ > 30:
            break
    for task in tasks:
        task.cancel()
    return report


def expect(name, condition, report):
    if not condition:
        raise SystemExit(f"{name}: {json.dumps(report, indent=1)}")
    print(f"ok {name}", flush=True)


async def main(seed):
    random.seed(seed)
    clean = {"lostCount": 0, "doubled": [], "doubledOrders": [], "vanished": [], "quantityMismatchCount": 0}
    report = await episode(None, 0)
    expect("an undisturbed gateway loses and doubles nothing", all(report[k] == v for k, v in clean.items()), report)
    expect("and every message is answered", report["client"]["unansweredCount"] == 0, report)
    expect("cancels and replaces reach the venue", report["venue"]["received"]["F"] > 5 and report["venue"]["received"]["G"] > 5, report)
    report = await episode(None, 12)
    expect("nor does one cut off twelve times", all(report[k] == v for k, v in clean.items()), report)
    expect("which repeated messages and had gaps filled", report["client"]["messagesResent"] + report["venue"]["possDup"] > 0, report)
    expect("and executed nothing twice", report["client"]["executionsTwice"] == [], report)
    report = await episode("lose", 3)
    expect("a gateway that drops every 40th order is found out", report["lostCount"] >= 7, report)
    report = await episode("number", 3)
    expect("one that sends a ClOrdID under two numbers too", len(report["doubled"]) >= 7, report)
    report = await episode("order", 3)
    expect("one that sends an order under two ClOrdIDs too", len(report["doubledOrders"]) >= 7, report)
    report = await episode("vanish", 3)
    expect("one that acknowledges what it never sent too", len(report["vanished"]) >= 7, report)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="tries venue.py against good and bad gateways")
    parser.add_argument("--seed", type=int, default=1)
    asyncio.run(main(parser.parse_args().seed))
