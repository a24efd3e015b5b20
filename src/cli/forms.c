/*
 * forms: see forms.h.
 */
#include "cli/forms.h"

#include "base/module.h"
#include "cli/cli.h"

const struct form_json *
form_json(struct err *e)
{
	static const struct form_json *loaded;

	if (loaded == NULL)
		loaded = module_load("form_json", e);
	return loaded;
}

const struct out_ops *
form_table(struct err *e)
{
	static const struct out_ops *loaded;

	if (loaded == NULL) {
		cli_locale();
		loaded = module_load("form_table", e);
	}
	return loaded;
}
