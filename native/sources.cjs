// Lists the addon's C++ sources for binding.gyp: the export list and whatever its four folders hold.
const { readdirSync } = require('node:fs');
const folders = ['boundary', 'codec', 'ring', 'risk'];
const below = folder =>
  readdirSync(`native/${folder}`, { recursive: true, withFileTypes: false })
    .filter(file => file.endsWith('.cc'))
    .map(file => `native/${folder}/${file.replaceAll('\\', '/')}`);
console.log(['native/addon.cc', ...folders.flatMap(below).sort()].join('\n'));
