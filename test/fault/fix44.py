"""A minimal FIX 4.4 codec and session, written for the fault tests without a line of headrace's own codec.

Standard library only. A session's sequence numbers and sent messages live as long as this process and survive every
connection, so the gateway at the other end may be killed and come back. Nothing is ever reset (ResetSeqNumFlag is not sent).
"""

import asyncio
import datetime
import time

SOH = b"\x01"
ADMIN = {"0", "1", "2", "3", "4", "5", "A"}
HEARTBEAT_S = 1.0


def utc_now():
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y%m%d-%H:%M:%S.") + f"{now.microsecond // 1000:03d}"


def encode(fields):
    """Fields after BodyLength and before CheckSum, as (tag, text) pairs, to the bytes of a message."""
    body = "".join(f"{tag}={value}\x01" for tag, value in fields).encode("latin-1")
    head = b"8=FIX.4.4\x019=%d\x01" % len(body)
    return head + body + b"10=%03d\x01" % (sum(head + body) % 256)


def take_message(buffer):
    """The first whole message of a bytearray as a dict (the first of repeated tags wins), removed from it; None when unfinished."""
    while True:
        start = buffer.find(b"8=FIX")
        if start < 0:
            return None
        del buffer[:start]
        length_at = buffer.find(b"\x019=")
        length_end = buffer.find(SOH, length_at + 3)
        if length_at < 0 or length_end < 0:
            return None
        end = length_end + 1 + int(buffer[length_at + 3 : length_end]) + 7
        if len(buffer) < end:
            return None
        raw = bytes(buffer[:end])
        del buffer[:end]
        if int(raw[-4:-1]) != sum(raw[:-7]) % 256:
            raise ValueError(f"bad CheckSum in {raw!r}")
        message = {}
        for field in raw[:-1].split(SOH):
            tag, _, value = field.partition(b"=")
            message.setdefault(tag.decode(), value.decode("latin-1"))
        return message


class Session:
    """One side of a FIX session.

    `on_application(session, message, first)` gets every application message that came; `first` is true once for each
    MsgSeqNum, when it is its turn: repeated ones and those beyond a gap (they come again) are only to be counted.
    """

    def __init__(self, sender, target, on_application):
        self.sender, self.target = sender, target
        self.on_application = on_application
        self.heartbeat_s = HEARTBEAT_S
        self.next_in = self.next_out = 1
        self.sent = {}  # MsgSeqNum -> (fields without header, SendingTime) of application messages
        self.writer = None
        self.logged_on = False
        self.gap_until = 0  # the highest number seen beyond the gap that was asked for
        self.last_sent = self.last_received = 0.0
        self.counts = {
            "logons": 0,
            "disconnects": 0,
            "resendRequestsSent": 0,
            "resendRequestsReceived": 0,
            "messagesResent": 0,
            "gapFillsReceived": 0,
            "sequenceResets": 0,
            "sequenceTooLow": 0,
            "possDupReceived": 0,
        }

    # Sending

    def _write(self, msg_type, seq, fields, extra=()):
        if self.writer is None or self.writer.transport.is_closing():
            return
        head = [(35, msg_type), (34, seq), (49, self.sender), (56, self.target), (52, utc_now())]
        self.writer.write(encode([*head, *extra, *fields]))
        self.last_sent = time.monotonic()

    def send(self, msg_type, fields):
        """Sends with the next number; application messages are kept for resending, and also numbered when nobody is connected."""
        seq = self.next_out
        self.next_out += 1
        if msg_type not in ADMIN:
            self.sent[seq] = (msg_type, fields, utc_now())
        self._write(msg_type, seq, fields)
        return seq

    def send_logon(self):
        self.send("A", [(98, 0), (108, int(self.heartbeat_s))])

    def _resend(self, begin, end):
        last = self.next_out - 1 if end == 0 else min(end, self.next_out - 1)
        gap_from = None
        for seq in range(begin, last + 1):
            kept = self.sent.get(seq)
            if kept is None:
                gap_from = seq if gap_from is None else gap_from
                continue
            if gap_from is not None:
                self._write("4", gap_from, [(123, "Y"), (36, seq)], [(43, "Y"), (122, utc_now())])
                gap_from = None
            msg_type, fields, sending_time = kept
            self._write(msg_type, seq, fields, [(43, "Y"), (122, sending_time)])
            self.counts["messagesResent"] += 1
        if gap_from is not None:
            self._write("4", gap_from, [(123, "Y"), (36, last + 1)], [(43, "Y"), (122, utc_now())])

    # Receiving

    def _ask_for_gap(self, seq):
        asked = self.gap_until >= self.next_in
        self.gap_until = max(self.gap_until, seq)
        if asked:
            return
        self.counts["resendRequestsSent"] += 1
        self.send("2", [(7, self.next_in), (16, 0)])

    def _log_on(self, message, answer):
        if answer:
            self.heartbeat_s = max(1, int(message.get("108", HEARTBEAT_S)))
            self.send_logon()
        if not self.logged_on:
            self.counts["logons"] += 1
        self.logged_on = True

    def receive(self, message, is_acceptor):
        """Handles one message; returns False when the connection must end."""
        self.last_received = time.monotonic()
        msg_type, seq = message["35"], int(message["34"])
        poss_dup = message.get("43") == "Y"
        self.counts["possDupReceived"] += poss_dup
        if msg_type == "4" and message.get("123") != "Y":
            self.counts["sequenceResets"] += 1
            self.next_in = int(message["36"])
            return True
        if msg_type == "A":
            self._log_on(message, is_acceptor)
        if msg_type == "2":  # Answered at once, even beyond a gap: two sides that wait for one another would never end.
            self.counts["resendRequestsReceived"] += 1
            self._resend(int(message["7"]), int(message["16"]))
        if seq > self.next_in:
            self._ask_for_gap(seq)
            if msg_type not in ADMIN:
                self.on_application(self, message, False)
            return True
        if seq < self.next_in:
            if not poss_dup:
                self.counts["sequenceTooLow"] += 1
                self.send("5", [(58, f"MsgSeqNum too low, expecting {self.next_in} but received {seq}")])
                return False
            if msg_type not in ADMIN:
                self.on_application(self, message, False)
            return True
        return self._in_sequence(msg_type, message)

    def _in_sequence(self, msg_type, message):
        self.next_in += 1
        if msg_type == "4":
            self.counts["gapFillsReceived"] += 1
            self.next_in = max(self.next_in, int(message["36"]))
        elif msg_type == "1":
            self.send("0", [(112, message.get("112", ""))])
        elif msg_type == "5":
            self.send("5", [])
            return False
        elif msg_type not in ADMIN:
            self.on_application(self, message, True)
        return True

    # Connections

    def attach(self, writer):
        """Takes a new connection in place of the one there may be."""
        if self.writer is not None:
            self.writer.close()
        self.writer = writer
        self.gap_until = 0
        self.last_sent = self.last_received = time.monotonic()

    def detach(self, writer):
        writer.close()
        if self.writer is not writer:
            return
        self.writer = None
        self.counts["disconnects"] += self.logged_on
        self.logged_on = False

    def tick(self):
        """Heartbeats both ways; a silent peer is disconnected."""
        now = time.monotonic()
        if self.writer is None or not self.logged_on:
            return
        if now - self.last_received > 5 * self.heartbeat_s:
            self.detach(self.writer)
        elif now - self.last_sent > self.heartbeat_s:
            self.send("0", [])


async def read_messages(reader, handle):
    """Reads until the connection ends or `handle` returns False."""
    buffer = bytearray()
    while True:
        try:
            data = await reader.read(65536)
        except ConnectionError:
            return
        if not data:
            return
        buffer += data
        while (message := take_message(buffer)) is not None:
            if handle(message) is False:
                return


async def initiate(session, host, port, retry_s=0.05):
    """Connects for ever, logging on each time with the numbers reached."""
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(retry_s)
            continue
        session.attach(writer)
        session.send_logon()
        await read_messages(reader, lambda message: session.receive(message, False))
        session.detach(writer)
        await asyncio.sleep(retry_s)


async def accept(find_session, host, port):
    """Listens; `find_session(sender, target)` of the first message gives the session, or None to refuse it."""

    async def serve(reader, writer):
        session = None

        def handle(message):
            nonlocal session
            if session is None:
                session = find_session(message["49"], message["56"]) if message["35"] == "A" else None
                if session is None:
                    return False
                session.attach(writer)
            return session.receive(message, True)

        try:
            await read_messages(reader, handle)
        except asyncio.CancelledError:
            pass  # The test is over.
        if session is not None:
            session.detach(writer)
        else:
            writer.close()

    return await asyncio.start_server(serve, host, port)
