import type { Scenario, StepFields } from '../profile.js';

/** Reports that may come while the platform still works on a request. */
const PENDING = { '39': 'A|E|6' };
const PARTIAL = { '39': '1|A' };

function order(id: string, more: StepFields): StepFields {
  return {
    '11': `{id:${id}}`,
    '21': '1',
    '38': '100',
    '40': '1',
    '54': '1',
    '55': '{symbol}',
    '60': '{now}',
    ...more,
  };
}

function change(id: string, original: string, more: StepFields = {}): StepFields {
  const fields = {
    '11': `{id:${id}}`,
    '41': `{id:${original}}`,
    '38': '100',
    '54': '1',
    '55': '{symbol}',
    '60': '{now}',
  };
  return { ...fields, ...more };
}

/** The conversations about orders that every platform knows; `more` are fields that this one wants in each order. */
export function orderScenarios(more: StepFields): Scenario[] {
  return [restingOrder(more), filledOrder(more), refusedOrder(more), UNKNOWN_CANCEL];
}

function restingOrder(more: StepFields): Scenario {
  const limit = { '40': '2', '44': '{low}', ...more };
  return {
    name: 'an order rests, is asked for, replaced and cancelled',
    steps: [
      { name: 'order', send: 'D', fields: order('a', limit) },
      { name: 'new', expect: ['8'], fields: { '11': '{id:a}', '39': '0', '14': '0', '151': '100' }, passing: PENDING },
      { name: 'status request', send: 'H', fields: { '11': '{id:a}', '54': '1', '55': '{symbol}' } },
      { name: 'status', expect: ['8'], fields: { '11': '{id:a}', '39': '0', '151': '100' } },
      {
        name: 'replace request',
        send: 'G',
        fields: change('b', 'a', { '21': '1', '38': '200', ...limit }),
      },
      {
        name: 'replaced',
        expect: ['8'],
        fields: { '11': '{id:b}', '41': '{id:a}', '150': '5', '14': '0', '151': '200' },
        passing: PENDING,
      },
      { name: 'cancel request', send: 'F', fields: change('c', 'b', { '38': '200' }) },
      {
        name: 'canceled',
        expect: ['8'],
        fields: { '11': '{id:c}', '41': '{id:b}', '150': '4', '39': '4', '151': '0' },
        passing: PENDING,
      },
    ],
  };
}

function filledOrder(more: StepFields): Scenario {
  return {
    name: 'a market order is filled',
    steps: [
      { name: 'order', send: 'D', fields: order('a', more) },
      { name: 'new', expect: ['8'], fields: { '11': '{id:a}', '39': '0' }, passing: { '39': 'A' } },
      FILLED,
    ],
  };
}

const FILLED = {
  name: 'filled',
  expect: ['8'],
  fields: { '11': '{id:a}', '39': '2', '14': '100', '151': '0' },
  passing: PARTIAL,
};

function refusedOrder(more: StepFields): Scenario {
  return {
    name: 'an order for a symbol that is not known is rejected',
    steps: [
      { name: 'order', send: 'D', fields: order('a', { ...more, '55': '{refused}' }) },
      { name: 'rejected', expect: ['8'], fields: { '11': '{id:a}', '150': '8', '39': '8', '14': '0', '151': '0' } },
    ],
  };
}

const UNKNOWN_CANCEL: Scenario = {
  name: 'a cancel of an order that is not known is rejected',
  steps: [
    { name: 'cancel request', send: 'F', fields: change('b', 'a') },
    { name: 'cancel reject', expect: ['9'], fields: { '11': '{id:b}', '41': '{id:a}', '39': '8', '434': '1' } },
  ],
};

/** An order that breaks a field rule of the profile is answered with a Reject or BusinessMessageReject. */
export function ruleScenario(name: string, fields: StepFields): Scenario {
  return {
    name,
    steps: [
      { name: 'order', send: 'D', fields: order('a', fields) },
      { name: 'reject', expect: ['3', 'j'], fields: { '372': 'D' } },
    ],
  };
}

function allocation(first: string, second: string): StepFields {
  return {
    '6': '{kept:AvgPx}',
    '53': '100',
    '54': '1',
    '55': '{symbol}',
    '60': '{now}',
    '70': '{id:alloc}',
    '71': '0',
    '73': [{ '11': '{id:a}' }],
    '75': '{date}',
    '78': [
      { '79': '{account}-1', '80': first },
      { '79': '{account}-2', '80': second },
    ],
  };
}

/** AllocType and AllocNoOrdersType, required from FIX.4.4 and unknown before. */
const ALLOCATION_44 = { 'FIX.4.4': { '626': '1', '857': '1' } };

/** A filled order is allocated; `further` is what the platform says behind its acknowledgement. */
export function allocationScenarios(more: StepFields, further: Scenario['steps']): Scenario[] {
  const filled = filledOrder(more).steps;
  return [
    {
      name: 'a filled order is allocated to two accounts',
      steps: [
        ...filled,
        { name: 'allocation', send: 'J', fields: allocation('60', '40'), only: ALLOCATION_44 },
        {
          name: 'allocation accepted',
          expect: ['P'],
          fields: { '70': '{id:alloc}', '87': '0' },
          passing: { '87': '3' },
        },
        ...further,
      ],
    },
    {
      name: 'an allocation that does not add up is rejected',
      steps: [
        ...filled,
        { name: 'allocation', send: 'J', fields: allocation('60', '50'), only: ALLOCATION_44 },
        {
          name: 'allocation rejected',
          expect: ['P'],
          fields: { '70': '{id:alloc}', '87': '1|2' },
          passing: { '87': '3' },
        },
      ],
    },
  ];
}
