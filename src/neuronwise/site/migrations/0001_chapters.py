"""The chapters and their downloads."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables, empty until the first start mirrors contents.json into them."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel(
            name="Chapter",
            fields=[
                ("number", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("slug", models.SlugField(blank=True, max_length=200, null=True, unique=True)),
                ("title", models.TextField()),
                ("question", models.TextField()),
                ("digest", models.CharField(blank=True, max_length=64)),
            ],
            options={"ordering": ["number"]},
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.CharField(max_length=100)),
                ("name", models.CharField(max_length=300)),
                ("chapter", models.ForeignKey("site.chapter", models.CASCADE, related_name="downloads")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("chapter", "file"), name="one_file_of_a_name")],
            },
        ),
    ]
