import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{indented,renderAccepted}from"./chunk-OSUVUEA4.js";import"./chunk-4VRFJ62O.js";import"./chunk-SNWKXDNV.js";import"./chunk-CBINX5YA.js";import"./chunk-P5ECXRXE.js";import"./chunk-2M24U3EN.js";export{indented,renderAccepted};
