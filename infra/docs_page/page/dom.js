/** Elements without HTML strings: nothing from a document or an answer is ever parsed as markup. */

const absent = (value) => value === undefined || value === null || value === false;

/** Make one element; `on…` attributes are listeners, absent attributes and children drop out. */
export function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  node.append(...children.flat(Infinity).filter((child) => !absent(child)));
  for (const [key, value] of Object.entries(attributes)) {
    if (absent(value)) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  return node;
}

/** A button that copies what `text()` returns at the moment of the click. */
export function copyButton(text, label = "Copy") {
  const button = element("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    const done = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    button.textContent = done ? "Copied" : "Select and copy by hand";
    setTimeout(() => { button.textContent = label; }, 1500);
  });
  return button;
}

/** A method's name in its colour. */
export function methodLabel(method) {
  return element("span", { class: `method ${method}` }, method.toUpperCase());
}

/** A folded part whose content is made when it is first opened, so that recursion ends. */
export function folded(summary, content, attributes = {}) {
  const details = element("details", attributes, element("summary", {}, summary));
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(content());
  };
  details.addEventListener("toggle", fill);
  fill();
  return details;
}
