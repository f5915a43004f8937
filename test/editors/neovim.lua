-- What a person does in Neovim, without a screen: opens a network, looks, takes a fix. Writes what there was as JSON.
local answer = {}
local function wait(what, holds)
  if not vim.wait(20000, holds, 20) then
    error(what .. ' does not come')
  end
end

local ok, why = pcall(function()
  vim.cmd('edit ' .. vim.env.FLOPLINE_FILE)
  local client
  wait('the server', function()
    client = vim.tbl_values(vim.lsp.buf_get_clients(0))[1]
    return client ~= nil and client.initialized
  end)
  wait('the problem', function()
    return #vim.diagnostic.get(0) > 0
  end)
  local uri = vim.uri_from_bufnr(0)
  local document = { uri = uri }
  local function ask(method, params)
    local reply = client.request_sync(method, vim.tbl_extend('keep', params, { textDocument = document }), 20000, 0)
    assert(reply and not reply.err, method .. ': ' .. vim.inspect(reply and reply.err))
    return reply.result
  end
  local whole = { start = { line = 0, character = 0 }, ['end'] = { line = vim.fn.line('$'), character = 0 } }
  answer.hints = vim.tbl_map(function(hint)
    return hint.position.line .. ': ' .. hint.label
  end, ask('textDocument/inlayHint', { range = whole }))
  answer.hover = ask('textDocument/hover', { position = { line = 3, character = 5 } }).contents.value
  local last = vim.fn.line('$') - 1
  answer.completion = vim.tbl_map(function(item)
    return item.label
  end, ask('textDocument/completion', { position = { line = last, character = 5 } }).items)
  local problem = vim.diagnostic.get(0)[1]
  answer.problem = { line = problem.lnum, column = problem.col, message = problem.message }
  local range = vim.lsp.util.make_given_range_params({ problem.lnum + 1, problem.col }, { problem.lnum + 1, problem.col }).range
  local actions = ask('textDocument/codeAction', { range = range, context = { diagnostics = vim.lsp.diagnostic.get_line_diagnostics(0, problem.lnum) } })
  for _, action in ipairs(actions) do
    if action.kind == 'quickfix' and not action.disabled then
      answer.action = action.title
      local resolved = action.edit and action or client.request_sync('codeAction/resolve', action, 20000, 0).result
      vim.lsp.util.apply_workspace_edit(resolved.edit, client.offset_encoding)
      break
    end
  end
  wait('the end of the problem', function()
    return #vim.tbl_filter(function(each)
      return each.code == problem.code
    end, vim.diagnostic.get(0)) == 0
  end)
  answer.text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end)
if not ok then
  answer.error = tostring(why)
end
vim.fn.writefile({ vim.fn.json_encode(answer) }, vim.env.FLOPLINE_ANSWER)
vim.cmd('qall!')
