'use strict';
// Draws openapi.json: each address with what it takes and gives. Text only ever becomes text.
const el = (tag, text, ...inner) => {
  const node = document.createElement(tag);
  if (text) node.textContent = text;
  node.append(...inner);
  return node;
};

const kind = schema => {
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.const !== undefined) return String(schema.const);
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.anyOf) return schema.anyOf.map(kind).join(' | ');
  const type = [].concat(schema.type || 'any').join(' | ');
  const inner = schema.type === 'array' && schema.items ? ' of ' + kind(schema.items) : '';
  const bounds = [schema.minimum !== undefined ? '≥ ' + schema.minimum : '',
    schema.maximum !== undefined ? '≤ ' + schema.maximum : '',
    schema.default !== undefined ? 'default ' + schema.default : ''].filter(Boolean);
  return type + inner + (bounds.length ? ' (' + bounds.join(', ') + ')' : '');
};

const table = schema => {
  const body = el('tbody');
  for (const [name, value] of Object.entries(schema.properties || {})) {
    const needed = (schema.required || []).includes(name);
    body.append(el('tr', '', el('td', '', el('code', name + (needed ? ' *' : ''))), el('td', kind(value)),
      el('td', value.description || '')));
  }
  return el('table', '', body);
};

const draw = doc => {
  document.getElementById('about').textContent = doc.info.description;
  const schemas = doc.components.schemas;
  const resolved = schema => schema.$ref ? schemas[schema.$ref.split('/').pop()] : schema;
  const place = document.getElementById('paths');
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const box = el('details', '', el('summary', '', el('code', method.toUpperCase() + ' ' + path),
        ' ' + operation.summary));
      const body = operation.requestBody && operation.requestBody.content['application/json'].schema;
      for (const schema of body ? body.anyOf || [body] : []) box.append(table(resolved(schema)));
      for (const [status, answer] of Object.entries(operation.responses)) {
        box.append(el('p', '', el('code', status), ' ' + answer.description));
      }
      place.append(box);
    }
  }
  place.append(el('h2', 'Shapes'));
  for (const [name, schema] of Object.entries(schemas)) {
    place.append(el('details', '', el('summary', '', el('code', name)), table(schema)));
  }
};

fetch('openapi.json').then(answer => answer.json()).then(draw);
