export { compileFixedWidth, type FixedWidthField, type FixedWidthTable } from './fixed-width.js';
