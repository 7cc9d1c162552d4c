import { run as journalFlip } from './fault/journal-flip.js';
import { run as journalFull } from './fault/journal-full.js';
import { run as journalKill } from './fault/journal-kill.js';
import { run as journalPower } from './fault/journal-power.js';
import type { CampaignOptions, CampaignReport } from './support/campaign.js';

export interface Campaign {
  readonly name: string;
  /** The whole campaign's size; the tests run a slice of it. */
  readonly rounds: number;
  readonly run: (options: CampaignOptions) => CampaignReport | Promise<CampaignReport>;
}

/** Every fault campaign, one line each. */
export const campaigns: readonly Campaign[] = [
  { name: 'journal-kill', rounds: 500, run: journalKill },
  { name: 'journal-power', rounds: 2000, run: journalPower },
  { name: 'journal-flip', rounds: 5000, run: journalFlip },
  { name: 'journal-full', rounds: 50, run: journalFull },
];
