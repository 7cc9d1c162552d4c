import type { PlatformProfile, Scenario } from '../profile.js';
import { allocationScenarios, orderScenarios, ruleScenario } from './script.js';

const ACCOUNT = { '1': '{account}' };
const DESTINATION = { '1': '{account}', '100': 'XNYS', '20001': 'VWAP' };
const CURRENCY = { '1': '{account}', '15': 'USD' };

/** AllocationReport for the block and a Confirmation for each account, and the desk's answers: from FIX.4.4. */
const CONFIRMATIONS: Scenario['steps'] = [
  {
    name: 'allocation report',
    versions: ['FIX.4.4'],
    expect: ['AS'],
    fields: { '70': '{id:alloc}', '87': '0', '53': '100' },
  },
  {
    name: 'allocation report acknowledged',
    versions: ['FIX.4.4'],
    send: 'AT',
    fields: { '60': '{now}', '70': '{id:alloc}', '75': '{date}', '87': '0', '755': '{kept:AllocReportID}' },
  },
  ...(['60', '40'] as const).flatMap((quantity, index): Scenario['steps'] => [
    {
      name: `confirmation ${index + 1}`,
      versions: ['FIX.4.4'],
      expect: ['AK'],
      fields: { '70': '{id:alloc}', '79': `{account}-${index + 1}`, '80': quantity, '665': '4' },
    },
    {
      name: `confirmation ${index + 1} affirmed`,
      versions: ['FIX.4.4'],
      send: 'AU',
      fields: { '60': '{now}', '75': '{date}', '664': '{kept:ConfirmID}', '940': '3' },
    },
  ]),
];

const POSITIONS: Scenario = {
  name: 'positions are asked for',
  versions: ['FIX.4.4'],
  steps: [
    {
      name: 'request for positions',
      send: 'AN',
      fields: {
        '1': '{account}',
        '60': '{now}',
        '453': [{ '448': '{account}', '447': 'D', '452': '24' }],
        '581': '1',
        '710': '{id:positions}',
        '715': '{date}',
        '724': '0',
      },
    },
    { name: 'acknowledged', expect: ['AO'], fields: { '710': '{id:positions}', '1': '{account}', '728': '0' } },
    { name: 'position', expect: ['AP'], fields: { '710': '{id:positions}', '1': '{account}', '728': '0' } },
  ],
};

const orderManagement: PlatformProfile = {
  name: 'order_management',
  summary: 'an order management system: orders of an account, allocated to accounts',
  beginStrings: ['FIX.4.4', 'FIX.4.2'],
  session: { heartBtIntSeconds: 30 },
  out: ['D', 'F', 'G', 'H', 'Q', 'J'],
  in: ['8', '9', 'P', 'j', 'B', 'D', 'F', 'G', 'H', 'J'],
  messages: { D: { required: [1], defaults: { '21': '1' } }, J: { required: [73, 78] } },
  customTags: [],
  script: [
    ...orderScenarios(ACCOUNT),
    ruleScenario('an order without an account is rejected', {}),
    ...allocationScenarios(ACCOUNT, []),
  ],
};

const executionManagement: PlatformProfile = {
  name: 'execution_management',
  summary: 'an execution management system: orders to a destination, worked by an algorithm',
  beginStrings: ['FIX.4.4', 'FIX.4.2'],
  session: { heartBtIntSeconds: 20 },
  out: ['D', 'F', 'G', 'H', 'Q'],
  in: ['8', '9', 'j', 'B'],
  messages: {
    // Destinations are market identifier codes of ISO 10383; allocation is the order management system's.
    D: {
      required: [100],
      forbidden: [78],
      defaults: { '21': '1' },
      values: { '100': { NYSE: 'XNYS', NASDAQ: 'XNAS', LSE: 'XLON', XETRA: 'XETR', EURONEXT: 'XPAR' } },
    },
  },
  customTags: [
    { tag: 20_001, name: 'AlgoName', type: 'STRING', messages: ['D', 'G', '8'] },
    { tag: 20_002, name: 'AlgoParameters', type: 'STRING', messages: ['D', 'G'] },
  ],
  script: [
    ...orderScenarios(DESTINATION),
    ruleScenario('an order without a destination is rejected', ACCOUNT),
    ruleScenario('an order with allocations is rejected', {
      ...DESTINATION,
      '78': [{ '79': '{account}', '80': '100' }],
    }),
  ],
};

const riskManagement: PlatformProfile = {
  name: 'risk_management',
  summary: 'a risk system in the way of orders: what it passes it reports, positions on request',
  beginStrings: ['FIX.4.4', 'FIX.4.2'],
  session: { heartBtIntSeconds: 10 },
  out: ['D', 'F', 'G', 'H', 'AN'],
  in: ['8', '9', 'j', 'B', 'AO', 'AP'],
  messages: { D: { required: [1, 15], defaults: { '21': '1' } } },
  customTags: [],
  script: [...orderScenarios(CURRENCY), ruleScenario('an order without a currency is rejected', ACCOUNT), POSITIONS],
};

const charlesRiver: PlatformProfile = {
  name: 'charles_river',
  summary: 'Charles River: orders, allocations with reports and confirmations, web services',
  beginStrings: ['FIX.4.4', 'FIX.4.2'],
  session: { heartBtIntSeconds: 30 },
  out: ['D', 'F', 'G', 'H', 'Q', 'J', 'AT', 'AU'],
  in: ['8', '9', 'P', 'AS', 'AK', 'j', 'B', 'D', 'F', 'G', 'H', 'J'],
  messages: {
    D: { required: [1], defaults: { '21': '1' } },
    J: { required: [60, 73, 78] },
    P: { required: [60] },
    AS: { required: [70] },
    AK: { required: [70] },
  },
  // An installation's own tags are agreed with it: `customTags` of the config.
  customTags: [],
  script: [
    ...orderScenarios(ACCOUNT),
    ruleScenario('an order without an account is rejected', {}),
    ...allocationScenarios(ACCOUNT, CONFIRMATIONS),
  ],
};

const generic: PlatformProfile = {
  name: 'generic',
  summary: 'any other FIX platform: the standard as it is, and what the config adds',
  beginStrings: ['FIX.4.4', 'FIX.4.2', 'FIX.4.3'],
  session: {},
  out: ['D', 'F', 'G', 'H', 'Q', 'J', 'AN', 'AT', 'AU', 'B'],
  in: ['8', '9', 'P', 'AS', 'AK', 'AO', 'AP', 'j', 'B', 'D', 'F', 'G', 'H', 'J', 'Q'],
  messages: {},
  customTags: [],
  script: orderScenarios(ACCOUNT),
};

/** Every profile by its name. */
export const platformProfiles: Readonly<Record<string, PlatformProfile>> = Object.fromEntries(
  [orderManagement, executionManagement, riskManagement, charlesRiver, generic].map(profile => [profile.name, profile]),
);

/** The names of the profiles, in the order of the table. */
export const PROFILE_NAMES = [
  'order_management',
  'execution_management',
  'risk_management',
  'charles_river',
  'generic',
] as const;
