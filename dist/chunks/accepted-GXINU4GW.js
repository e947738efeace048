import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{indented,renderAccepted}from"./chunk-OPVO2OHX.js";import"./chunk-JIK5RLRE.js";import"./chunk-UKUEPDFL.js";import"./chunk-CBINX5YA.js";import"./chunk-P5ECXRXE.js";import"./chunk-2M24U3EN.js";export{indented,renderAccepted};
