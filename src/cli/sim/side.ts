import { loadPlatform } from '../../gateway/index.js';
import { ConfigError } from '../../model/index.js';
import { PROFILE_NAMES, PlatformRules, platformProfiles } from '../../platforms/index.js';

export interface SideFlags {
  readonly config?: string;
  readonly beginString?: string;
  readonly platform?: string;
  readonly desk?: string;
}

/** Whose rules a simulator or a check has, and both names. */
export interface Side {
  readonly rules: PlatformRules;
  readonly beginString: string;
  readonly platform: string;
  readonly desk: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** From a profile of the table, or from a platform of a file. Throws ConfigError (HR_CONFIG) for a name that is neither. */
export function chooseSide(name: string, { config, beginString, platform, desk }: SideFlags): Side {
  if (config !== undefined) {
    const { rules, settings } = loadPlatform(config, name);
    const { senderCompID, targetCompID, username, password } = settings;
    if (beginString !== undefined && beginString !== settings.beginString)
      throw new ConfigError('HR_CONFIG', `${name} of ${config} has ${settings.beginString}, not ${beginString}`);
    const names = { platform: platform ?? targetCompID, desk: desk ?? senderCompID };
    return { rules, beginString: settings.beginString, ...names, username, password };
  }
  const profile = platformProfiles[name];
  if (profile === undefined)
    throw new ConfigError('HR_CONFIG', `${name} is no profile; there are ${PROFILE_NAMES.join(', ')}`);
  const version = beginString ?? profile.beginStrings[0] ?? '';
  if (!profile.beginStrings.includes(version))
    throw new ConfigError('HR_CONFIG', `${name} speaks ${profile.beginStrings.join(', ')}, not ${version}`);
  const rules = new PlatformRules(profile, { beginString: version });
  return { rules, beginString: version, platform: platform ?? 'PLATFORM', desk: desk ?? 'DESK' };
}
