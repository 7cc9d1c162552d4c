export { Expression, expressionScope, type ExpressionPlace, type ExpressionScope } from './expression.js';
export { compilePattern, findsPattern } from './functions.js';
