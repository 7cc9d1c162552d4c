/** SessionRejectReason (373) values, and -1 for a message without fault. */
export const REJECT_REASON = {
  none: -1,
  invalidTagNumber: 0,
  requiredTagMissing: 1,
  tagNotDefinedForMessageType: 2,
  undefinedTag: 3,
  tagSpecifiedWithoutValue: 4,
  valueIsIncorrect: 5,
  incorrectDataFormat: 6,
  decryptionProblem: 7,
  signatureProblem: 8,
  compIdProblem: 9,
  sendingTimeAccuracyProblem: 10,
  invalidMsgType: 11,
  tagAppearsMoreThanOnce: 13,
  tagSpecifiedOutOfRequiredOrder: 14,
  incorrectNumInGroup: 16,
} as const;

/** The Text (58) of each reason, as QuickFIX words it. */
export const REJECT_TEXT: Readonly<Record<number, string>> = {
  0: 'Invalid tag number',
  1: 'Required tag missing',
  2: 'Tag not defined for this message type',
  3: 'Undefined tag',
  4: 'Tag specified without a value',
  5: 'Value is incorrect (out of range) for this tag',
  6: 'Incorrect data format for value',
  7: 'Decryption problem',
  8: 'Signature problem',
  9: 'CompID problem',
  10: 'SendingTime accuracy problem',
  11: 'Invalid MsgType',
  13: 'Tag appears more than once',
  14: 'Tag specified out of required order',
  16: 'Incorrect NumInGroup count for repeating group',
};
