import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{answers,connectEngine,ownerLabel,remove,removeAbandoned}from"./chunk-HHZQ7IIR.js";import"./chunk-3OGBYVCJ.js";import"./chunk-ULCPUJOW.js";import"./chunk-2M24U3EN.js";export{answers,connectEngine,ownerLabel,remove,removeAbandoned};
