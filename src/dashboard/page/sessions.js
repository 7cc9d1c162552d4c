// The sessions of the page: a row each, whose buttons ask before they command. The table is kept from picture to picture, so that a button that
// is being pressed is not taken away.
const COMMANDS = [
  { name: 'test-request', title: 'test', isFor: session => session.isUp },
  { name: 'disable', title: 'disable', isFor: session => session.enabled },
  { name: 'enable', title: 'enable', isFor: session => !session.enabled },
  {
    name: 'sequence',
    title: 'set numbers',
    isFor: session => session.state === 'disconnected',
    hasNumbers: true,
    hasForce: true,
  },
  { name: 'reset', title: 'reset', isFor: () => true, hasForce: true },
];

const HEAD = ['session', 'side', 'state', 'next in', 'next out', 'gaps', 'resent', 'rejects', 'buffered', ''];

const byId = id => document.getElementById(id);
const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const rows = new Map();

function cell(tag, text, kind = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

function textsOf({ name, side, state, enabled, isUp, nextInSeqNum, nextOutSeqNum, bufferedBytes, counts }) {
  const numbers = [
    nextInSeqNum,
    nextOutSeqNum,
    counts.resendRequestsOut,
    counts.resent,
    counts.rejectsIn + counts.rejectsOut,
    bufferedBytes,
  ];
  return [
    [name],
    [side],
    [enabled ? state : `${state}, disabled`, isUp ? 'good' : 'bad'],
    ...numbers.map(value => [whole.format(value), 'number']),
  ];
}

class SessionRow {
  constructor(name) {
    this.row = document.createElement('tr');
    this.cells = HEAD.slice(0, -1).map(() => cell('td', ''));
    this.buttons = COMMANDS.map(command => {
      const button = cell('button', command.title);
      button.type = 'button';
      button.dataset.command = command.name;
      button.addEventListener('click', () => ask(command, this.session));
      return button;
    });
    const last = cell('td', '');
    last.append(...this.buttons);
    this.row.append(...this.cells, last);
    this.row.dataset.session = name;
  }

  show(session) {
    this.session = session;
    textsOf(session).forEach(([text, kind = ''], index) => {
      this.cells[index].textContent = text;
      this.cells[index].className = kind;
    });
    COMMANDS.forEach((command, index) => (this.buttons[index].hidden = !command.isFor(session)));
  }
}

export function drawSessions(sessions) {
  const names = sessions.map(({ name }) => name);
  if (names.join('\n') !== [...rows.keys()].join('\n')) {
    rows.clear();
    for (const name of names) rows.set(name, new SessionRow(name));
    const head = document.createElement('tr');
    head.append(...HEAD.map((title, index) => cell('th', title, index > 2 && index < 9 ? 'number' : '')));
    byId('sessions').replaceChildren(head, ...[...rows.values()].map(({ row }) => row));
  }
  for (const session of sessions) rows.get(session.name).show(session);
}

/** Nothing is commanded before the dialog is answered by "do it". */
function ask(command, session) {
  const dialog = byId('confirm');
  byId('confirm-text').textContent = `${command.title}: ${session.name}?`;
  byId('confirm-numbers').hidden = command.hasNumbers !== true;
  byId('confirm-forced').hidden = command.hasForce !== true;
  byId('confirm-in').value = session.nextInSeqNum;
  byId('confirm-out').value = session.nextOutSeqNum;
  byId('confirm-reason').value = '';
  byId('confirm-force').checked = false;
  dialog.returnValue = '';
  dialog.onclose = () => {
    if (dialog.returnValue === 'do') void send(command, session);
  };
  dialog.showModal();
}

async function send(command, session) {
  const body = {
    reason: byId('confirm-reason').value,
    ...(command.hasForce && { force: byId('confirm-force').checked }),
    ...(command.hasNumbers && { nextIn: byId('confirm-in').valueAsNumber, nextOut: byId('confirm-out').valueAsNumber }),
  };
  const answer = byId('session-answer');
  answer.textContent = `${command.title}: ${session.name} …`;
  try {
    const response = await fetch(`admin/fix/sessions/${encodeURIComponent(session.name)}/${command.name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const said = await response.json();
    answer.textContent = response.ok
      ? `${command.title}: ${said.session} done, ledger ${said.sequence}`
      : `${command.title}: refused, ${said.code}: ${said.detail}`;
  } catch (error) {
    answer.textContent = `${command.title}: ${error.message}`;
  }
}
