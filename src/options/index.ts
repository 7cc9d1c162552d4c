export { problemsOf } from './issues.js';
export { type JsonSchema } from './json-schema.js';
export { nearestName } from './nearest.js';
export { loadOptions } from './options-file.js';
export { pathText, problemText, refuseProblems, type ConfigPath, type ConfigProblem } from './problem.js';
export { readYaml, type YamlTree } from './yaml-tree.js';
