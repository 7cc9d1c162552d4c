import { writeFileSync } from 'node:fs';

// Loaded before a program (`node --import`): at its end it writes down the most memory that was resident, in bytes.
const path = process.env['HEADRACE_TEST_MEMORY'];
if (path !== undefined) process.on('exit', () => writeFileSync(path, String(process.resourceUsage().maxRSS * 1024)));
