// The admin reads its scheme from where its own switch left it; here the address decides.

const { scheme } = document.currentScript.dataset;
const choose = () => document.documentElement.setAttribute("data-theme", scheme);
choose();
addEventListener("load", choose);
