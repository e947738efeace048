import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
var supportedMajors=[14,15,16,17,18];export{supportedMajors};
